/* SPDX-License-Identifier: MIT */
/* kill_of_a_worker_against_a_call.c: each step has a clear answer. */
#include "acts.h"

EXPLORE_SCENARIO(kill_of_a_worker_against_a_call) = {
	.story = "a worker is killed around a checkout, a call and a checkin",
	.setup = act_open_one,
	.finish = act_use_and_close,
	.fibers = { { "client", act_use_and_see, false }, { "killer", act_kill_worker, false } },
	.sights = { [CRASHED] = "crashed", [STALE] = "stale", [SERVED] = "answered" },
	.delays = true,
};
