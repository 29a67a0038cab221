/* SPDX-License-Identifier: MIT */
/* child_answers_two_callers.c: two callers in turn go to one child by themselves, or its thread does. */
#include "children.h"

EXPLORE_SCENARIO(child_answers_two_callers) = {
	.story = "two callers in turn go to one child by themselves, or its thread does",
	.setup = children_open,
	.finish = children_serve_and_close,
	.fibers = { { "one", act_use, false }, { "two", act_use_and_see, false } },
	.sights = { [SERVED] = "answered" },
	.delays = true,
};
