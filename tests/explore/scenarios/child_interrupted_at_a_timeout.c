/* SPDX-License-Identifier: MIT */
/* child_interrupted_at_a_timeout.c: a slow call in a child is interrupted at its end of time, and the next one is not. */
#include "children.h"

static void call_for_a_while(void)
{
	act_see(pools_double(21, 10));
}

EXPLORE_SCENARIO(child_interrupted_at_a_timeout) = {
	.story =
		"a slow call in a child is interrupted at its end of time, and the next one is not",
	.setup = children_open_slow,
	.finish = children_serve_and_close,
	.fibers = { { "caller", call_for_a_while, false } },
	.sights = { [SERVED] = "answered", [TIMED_OUT] = "gave up" },
	.delays = true,
	.budget = { .timeouts = 1 },
};
