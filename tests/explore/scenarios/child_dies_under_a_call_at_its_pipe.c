/* SPDX-License-Identifier: MIT */
/* child_dies_under_a_call_at_its_pipe.c: the same where the system refuses a sleep at a word of memory. */
#include "children.h"

static void open_without_words(void)
{
	explore_words_are_refused = true;
	children_open();
}

EXPLORE_SCENARIO(child_dies_under_a_call_at_its_pipe) = {
	.story = "a child is killed anywhere around a call, whose caller can sleep at a pipe alone",
	.setup = open_without_words,
	.finish = children_serve_and_close,
	.fibers = { { "caller", act_use_and_see, false } },
	.sights = { [SERVED] = "answered", [CRASHED] = "crashed", [STALE] = "stale" },
	.delays = true,
	.budget = { .child_deaths = 1 },
};
