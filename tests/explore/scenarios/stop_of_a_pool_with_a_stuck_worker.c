/* SPDX-License-Identifier: MIT */
/* stop_of_a_pool_with_a_stuck_worker.c: the stop does not wait for it; what it uses is freed later. */
#include "stubborn.h"

static void stop_impatiently(void)
{
	stubborn_stopped(pooltoy_stop_pool(poolio, 10));
}

static void close_when_all_are_back(void)
{
	sync_yield_until(stubborn_is_back());
	pools_close();
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_WORKER_QUARANTINED] <= 1);
}

EXPLORE_SCENARIO(stop_of_a_pool_with_a_stuck_worker) = {
	.story =
		"a handler does not return: the stop says so, and all is freed when it does return",
	.setup = stubborn_open,
	.finish = close_when_all_are_back,
	.fibers = { { "caller", stubborn_call, false }, { "stopper", stop_impatiently, false } },
	.sights = { [QUARANTINED] = "quarantined", [IN_TIME] = "stopped", [RETURNED] = "returned" },
	.delays = true,
};
