/* SPDX-License-Identifier: MIT */
/* child_caller_cancelled.c: a caller is cancelled in the middle of its call to a child, whose thread carries it on. */
#include "children.h"

static void call_and_see(void)
{
	act_see(pools_double(21, -1));
}

static void close_with_the_first_child(void)
{
	children_serve_and_close();
	EXPLORE_CHECK(children.inits == 1);
}

EXPLORE_SCENARIO(child_caller_cancelled) = {
	.story = "a caller is cancelled in the middle of its call to a child, whose thread carries "
		 "it on",
	.setup = children_open,
	.finish = close_with_the_first_child,
	.fibers = { { "caller", call_and_see, true } },
	.sights = { [SERVED] = "answered" },
	.delays = true,
	.budget = { .cancels = 1 },
};
