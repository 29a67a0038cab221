/* SPDX-License-Identifier: MIT */
/* api_checkout_with.c: checkouts with options. */
#include "checkout.h"
#include "deadline.h"
#include "error.h"
#include "spec_copy.h"

uint64_t pooltoy_deadline_after(int timeout_ms)
{
	return deadline_from_timeout(timeout_ms);
}

int checkout_take_options(const struct pooltoy_checkout_options *given,
			  struct pooltoy_checkout_options *options)
{
	int code = given ? spec_copy(options, sizeof *options, given, "checkout options")
			 : error_set(POOLTOY_EINVAL, "checkout options: NULL");

	if (!code && (unsigned)options->priority > POOLTOY_PRIORITY_HIGH)
		code = error_set(POOLTOY_EINVAL, "checkout options: priority is out of range");
	return code ? code : cancel_token_check_fork(options->cancel);
}

struct patience checkout_patience(const struct pooltoy_checkout_options *options)
{
	return (struct patience){ .deadline = options->deadline ? options->deadline : SYNC_NEVER,
				  .cancel = options->cancel,
				  .high = options->priority == POOLTOY_PRIORITY_HIGH };
}

int pooltoy_checkout_with(struct pooltoy_pool *pool, const struct pooltoy_checkout_options *given,
			  struct pooltoy_lease *lease)
{
	const void *caller = __builtin_return_address(0);
	struct pooltoy_checkout_options options;
	struct patience patience;
	int code = checkout_take_options(given, &options);

	if (!code && pool)
		code = pool_check_fork(pool);
	if (code)
		return code;
	if (pool && cancel_token_is_cancelled(options.cancel))
		return checkout_refuse(pool, POOLTOY_ECANCELLED);
	patience = checkout_patience(&options);
	return options.client ? checkout_by_client(options.client, pool, &patience, caller, lease)
			      : checkout_by_thread(pool, &patience, caller, lease);
}
