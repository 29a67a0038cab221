/* SPDX-License-Identifier: MIT */
/* child_stop_against_a_call.c: a pool of children is stopped under a call. */
#include "children.h"

EXPLORE_SCENARIO(child_stop_against_a_call) = {
	.story = "a pool of children is stopped under a call",
	.setup = children_open_slow,
	.finish = pools_close,
	.fibers = { { "caller", act_use_and_see, false }, { "stopper", act_stop, false } },
	.sights = { [CRASHED] = "crashed", [STALE] = "stale", [STOPPED] = "stopped" },
	.delays = true,
};
