/* SPDX-License-Identifier: MIT */
/* stop_against_a_waiter.c: who waits is told, who holds may check in. */
#include "acts.h"

EXPLORE_SCENARIO(stop_against_a_waiter) = {
	.story = "a pool is stopped while one client holds its worker and another waits",
	.setup = act_open_and_hold,
	.finish = pools_close,
	.fibers = { { "holder", act_check_in_held, false },
		    { "waiter", act_use_and_see, false },
		    { "stopper", act_stop, false } },
	.sights = { [SERVED] = "served",
		    [STOPPED] = "stopped",
		    [STALE] = "stale",
		    [CRASHED] = "crashed" },
	.delays = true,
};
