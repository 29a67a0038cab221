/* SPDX-License-Identifier: MIT */
/* transaction_that_dies.c: its lease comes back. */
#include "acts.h"

static int die_within(const struct pooltoy_lease *lease, void *argument)
{
	(void)argument;
	pools_granted(lease);
	explore_die_here();
	explore_saw(SERVED);
	return pools_call(lease, 21, -1);
}

static void transact(void)
{
	int code = pooltoy_transaction(poolio, die_within, NULL, -1);

	/* The worker may be the one to die. */
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ECRASHED || code == POOLTOY_ESTALE);
}

EXPLORE_SCENARIO(transaction_that_dies) = {
	.story = "a thread ends, or is cancelled, within a transaction, and another waits",
	.setup = act_open_one,
	.finish = act_serve_and_close,
	.fibers = { { "one", transact, true }, { "other", transact, true } },
	.sights = { [SERVED] = "lived" },
	.budget = { .client_deaths = 1, .worker_deaths = 1, .cancels = 1 },
	.delays = true,
};
