/* SPDX-License-Identifier: MIT */
/* stop_of_the_supervisor_against_clients.c: each has a clear answer. */
#include "acts.h"

static void stop_all(void)
{
	EXPLORE_CHECK(pooltoy_supervisor_stop(poolsup, -1) == 0);
	poolsup = NULL;
}

EXPLORE_SCENARIO(stop_of_the_supervisor_against_clients) = {
	.story = "a supervisor is stopped while one client holds a worker and another wants it",
	.setup = act_open_and_hold,
	.finish = pools_close,
	.fibers = { { "holder", act_check_in_held, false },
		    { "waiter", act_use_and_see, false },
		    { "stopper", stop_all, false } },
	.sights = { [SERVED] = "served",
		    [STOPPED] = "stopped",
		    [STALE] = "stale",
		    [CRASHED] = "crashed" },
	.delays = true,
};
