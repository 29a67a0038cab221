/* SPDX-License-Identifier: MIT */
/* child_breaks_in_a_call.c: a handler in a child says that it is broken, or ends its thread. */
#include "children.h"

static void children_open_broken(void)
{
	children_open_with(explore_choose(2) ? CHILDREN_BREAK : CHILDREN_END, false,
			   POOLS_SPEC(.size = 1));
}

EXPLORE_SCENARIO(child_breaks_in_a_call) = {
	.story = "a handler in a child says that it is broken, or ends its thread",
	.setup = children_open_broken,
	.finish = children_serve_and_close,
	.fibers = { { "caller", act_use_and_see, false } },
	.sights = { [CRASHED] = "crashed" },
	.delays = true,
};
