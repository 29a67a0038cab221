/* SPDX-License-Identifier: MIT */
/* kill_interrupts_a_call.c: the slow call ends, and another worker takes the place. */
#include "acts.h"

/* Killed before the call, there would be nobody to interrupt the next one: then it gives up. */
static void call_and_bear_it(void)
{
	act_see(pools_double(21, 10000));
}

EXPLORE_SCENARIO(kill_interrupts_a_call) = {
	.story = "a worker is killed under a slow call: it is interrupted, and another takes its "
		 "place",
	.setup = act_open_slow,
	.finish = act_serve_and_close,
	.fibers = { { "caller", call_and_bear_it, false }, { "killer", act_kill_worker, false } },
	.sights = { [SERVED] = "answered",
		    [CRASHED] = "crashed",
		    [STALE] = "stale",
		    [TIMED_OUT] = "gave up" },
	.delays = true,
};
