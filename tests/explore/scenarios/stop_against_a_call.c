/* SPDX-License-Identifier: MIT */
/* stop_against_a_call.c: the call is answered, or stale. */
#include "acts.h"

static void call(void)
{
	act_see(pools_call(&act_held, 21, -1));
}

EXPLORE_SCENARIO(stop_against_a_call) = {
	.story = "a pool is stopped around a call",
	.setup = act_open_and_hold,
	.finish = pools_close,
	.fibers = { { "caller", call, false }, { "stopper", act_stop, false } },
	.sights = { [SERVED] = "served", [STALE] = "stale", [CRASHED] = "crashed" },
	.delays = true,
};
