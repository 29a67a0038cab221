/* SPDX-License-Identifier: MIT */
/* child_dies_under_a_call.c: a child is killed anywhere around a call: that is answered, or told. */
#include "children.h"

EXPLORE_SCENARIO(child_dies_under_a_call) = {
	.story = "a child is killed anywhere around a call: that is answered, or told",
	.setup = children_open,
	.finish = children_serve_and_close,
	.fibers = { { "caller", act_use_and_see, false } },
	.sights = { [SERVED] = "answered", [CRASHED] = "crashed", [STALE] = "stale" },
	.delays = true,
	.budget = { .child_deaths = 1 },
};
