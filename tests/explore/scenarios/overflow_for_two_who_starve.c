/* SPDX-License-Identifier: MIT */
/* overflow_for_two_who_starve.c: the one is handed a worker as the manager counts it as the other's, too. */
#include "acts.h"

static void open_empty(void)
{
	pools_open(POOLS_SPEC(.size = 0, .max_overflow = 2, .max_starting = 1, .starvation_us = 1));
}

EXPLORE_SCENARIO(overflow_for_two_who_starve) = {
	.story = "two clients starve, one worker after the other is started: each is handed one, "
		 "though neither gives back",
	.setup = open_empty,
	.finish = pools_close,
	.fibers = { { "one", act_hold_until_both_do, false },
		    { "other", act_hold_until_both_do, false } },
	.sights = { [SERVED] = "both held a worker" },
	.budget = { .jumps = 1, .jump_ns = 1000000 },
	.delays = true,
};
