/* SPDX-License-Identifier: MIT */
/* child_dies_in_a_row.c: children are killed anywhere, one after the other, and the last one serves. */
#include "children.h"

EXPLORE_SCENARIO(child_dies_in_a_row) = {
	.story = "children are killed anywhere, one after the other, and the last one serves",
	.setup = children_open,
	.finish = children_serve_and_close,
	.fibers = { { "caller", act_use_and_see, false } },
	.sights = { [SERVED] = "answered", [CRASHED] = "crashed", [STALE] = "stale" },
	.delays = true,
	.budget = { .child_deaths = 3 },
};
