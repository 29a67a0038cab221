/* SPDX-License-Identifier: MIT */
/* child_kill_against_a_call.c: a worker in a child is killed under a call. */
#include "children.h"

static void act_use_and_see_for_a_while(void)
{
	act_see(pools_double(21, 10000));
}

EXPLORE_SCENARIO(child_kill_against_a_call) = {
	.story = "a worker in a child is killed under a call",
	.setup = children_open_slow,
	.finish = children_serve_and_close,
	.fibers = { { "caller", act_use_and_see_for_a_while, false },
		    { "killer", act_kill_worker, false } },
	.sights = { [SERVED] = "answered",
		    [CRASHED] = "crashed",
		    [STALE] = "stale",
		    [TIMED_OUT] = "gave up" },
	.delays = true,
};
