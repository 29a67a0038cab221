/* SPDX-License-Identifier: MIT */
/* drain_against_posts.c: none is missed by who waits for the descriptor. */
#include "completions.h"

static void open(void)
{
	completions_open(POOLS_SPEC(.size = 2));
}

static void drain_one_by_one(void)
{
	completions_take(1);
	completions_take(1);
}

EXPLORE_SCENARIO(drain_against_posts) = {
	.story = "two workers post while one thread drains: each completion by itself",
	.setup = open,
	.finish = completions_await_and_close,
	.fibers = { { "one", completions_checkout_1, false },
		    { "other", completions_checkout_2, false },
		    { "server", drain_one_by_one, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
