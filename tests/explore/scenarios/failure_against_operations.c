/* SPDX-License-Identifier: MIT */
/* failure_against_operations.c: what waits is told that its pool was given up. */
#include "completions.h"

static void open(void)
{
	completions_open(
		POOLS_SPEC(.size = 1, .max_restarts = POOLTOY_NONE, .give_up_after = POOLTOY_NONE));
	act_hold(&act_held);
	completions_checkout_1();
}

EXPLORE_SCENARIO(failure_against_operations) = {
	.story = "the pool fails while a checkout waits and another comes",
	.setup = open,
	.finish = completions_see_and_close,
	.fibers = { { "starter", completions_checkout_2_perhaps, false },
		    { "killer", act_kill_manager, false } },
	.sights = { [FAILED] = "failed", [COMPLETIONS_REFUSED] = "refused" },
	.delays = true,
};
