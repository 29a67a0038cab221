/* SPDX-License-Identifier: MIT */
/* overflow_for_a_start_behind_a_thread.c: who waits without a thread has a worker started beside the one before it. */
#include "completions.h"

/* No worker is up before two are started. */
static void open(void)
{
	completions_open(POOLS_SPEC(.size = 0, .max_overflow = 2));
	behaviour.inits_meet = 2;
}

/* What is started later need not meet any more. */
static void close(void)
{
	completions_await();
	behaviour.inits_meet = 0;
	completions_await_and_close();
}

EXPLORE_SCENARIO(overflow_for_a_start_behind_a_thread) = {
	.story = "a client waits, and a checkout is started behind it, in a pool that may start "
		 "two: each has one started",
	.setup = open,
	.finish = close,
	.fibers = { { "client", act_pass, false },
		    { "starter", completions_checkout_1, false },
		    { "server", completions_serve_1, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
