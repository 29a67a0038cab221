/* SPDX-License-Identifier: MIT */
/* stop_of_a_supervisor_with_a_stuck_worker.c: it comes back to nobody. */
#include "stubborn.h"

static void stop_all(void)
{
	int code = pooltoy_supervisor_stop(poolsup, 10);

	explore_laws(NULL, NULL); /* the pool may go at any time */
	pooltoy_pool_release(poolio);
	stubborn_stopped(code);
}

static void all_is_back(void)
{
	sync_yield_until(stubborn_is_back() && counts.releases == 1);
}

EXPLORE_SCENARIO(stop_of_a_supervisor_with_a_stuck_worker) = {
	.story = "a supervisor is stopped and gone before the last worker returns from user code",
	.setup = stubborn_open,
	.finish = all_is_back,
	.fibers = { { "caller", stubborn_call, false }, { "stopper", stop_all, false } },
	.sights = { [QUARANTINED] = "quarantined", [IN_TIME] = "stopped", [RETURNED] = "returned" },
	.delays = true,
};
