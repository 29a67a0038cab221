/* SPDX-License-Identifier: MIT */
/* child_manager_death_against_a_call.c: the manager dies under a call to a child. */
#include "children.h"

EXPLORE_SCENARIO(child_manager_death_against_a_call) = {
	.story = "the manager dies under a call to a child",
	.setup = children_open,
	.finish = children_serve_and_close,
	.fibers = { { "caller", act_use_and_see, false }, { "killer", act_kill_manager, false } },
	.sights = { [SERVED] = "answered", [CRASHED] = "crashed", [STALE] = "stale" },
	.delays = true,
	.by_chance = 8000,
};
