/* SPDX-License-Identifier: MIT */
/* child_that_hangs_is_killed.c: a call in a child that hangs is given up, the child killed, and replaced. */
#include "children.h"

static void call_for_a_while(void)
{
	int code = pools_double(21, 10);

	children_answer();
	act_see(code);
}

EXPLORE_SCENARIO(child_that_hangs_is_killed) = {
	.story = "a call in a child that hangs is given up, the child killed, and replaced",
	.setup = children_open_hanging,
	.finish = children_serve_and_close,
	.fibers = { { "caller", call_for_a_while, false } },
	.sights = { [TIMED_OUT] = "gave up" },
	.delays = true,
};
