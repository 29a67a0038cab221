/* SPDX-License-Identifier: MIT */
/* transaction.c: within it the client may die, and a call is made. */
#include "transaction.h"

#include "acts.h"

static int die_or_call(const struct pooltoy_lease *lease, void *argument)
{
	(void)argument;
	pools_granted(lease);
	explore_die_here();
	explore_saw(SERVED);
	return pools_call(lease, 21, -1);
}

void transaction_run(void)
{
	int code = pooltoy_transaction(poolio, die_or_call, NULL, -1);

	/* The worker may be the one to die. */
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ECRASHED || code == POOLTOY_ESTALE);
	if (code)
		explore_saw(CRASHED);
}
