/* SPDX-License-Identifier: MIT */
/* cancel_against_grant.c: one of the two wins, and no worker is lost. */
#include "tokens.h"

static void wait_for_worker(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout_with(poolio, POOLTOY_CHECKOUT_OPTIONS(.cancel = tokens_one),
					 &lease);

	tokens_see(code);
	if (code == 0) {
		pools_granted(&lease);
		EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
	}
}

EXPLORE_SCENARIO(cancel_against_grant) = {
	.story = "a checkout is cancelled by its token while the worker comes free, and its thread "
		 "may be",
	.setup = tokens_open_and_hold,
	.finish = tokens_use_and_close,
	.fibers = { { "holder", act_check_in_held, false },
		    { "waiter", wait_for_worker, true },
		    { "canceller", tokens_cancel, false } },
	.sights = { [SERVED] = "served", [TOKENS_CANCELLED] = "cancelled" },
	.budget = { .cancels = 1 },
	.delays = true,
};
