/* SPDX-License-Identifier: MIT */
/* stop_of_a_pool_that_cannot_start.c: failing starts do not hold it up. */
#include "acts.h"

static void open_failing(void)
{
	pools_open(POOLS_SPEC(.size = 0, .max_overflow = 1));
	behaviour.fail_in_init = 100;
}

static void wait_for_nothing(void)
{
	struct pooltoy_lease lease;

	act_see(pooltoy_checkout(poolio, 1000, &lease));
}

EXPLORE_SCENARIO(stop_of_a_pool_that_cannot_start) = {
	.story = "init always fails, a client waits in vain, the pool is stopped in the middle of "
		 "it",
	.setup = open_failing,
	.finish = pools_close,
	.fibers = { { "client", wait_for_nothing, false }, { "stopper", act_stop, false } },
	.sights = { [TIMED_OUT] = "timed out", [STOPPED] = "stopped" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
