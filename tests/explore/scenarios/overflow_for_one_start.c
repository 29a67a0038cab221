/* SPDX-License-Identifier: MIT */
/* overflow_for_one_start.c: who waits without a thread has one worker started, too. */
#include "completions.h"
#include "overflow.h"

static void open(void)
{
	completions_open(POOLS_SPEC(.size = 0, .max_overflow = 2));
}

static void close(void)
{
	completions_await();
	EXPLORE_CHECK(counts.inits == 1);
	completions_await_and_close();
}

EXPLORE_SCENARIO(overflow_for_one_start) = {
	.story = "a checkout is started in a pool that starts none before, and may start two: one "
		 "is started",
	.setup = open,
	.finish = close,
	.fibers = { { "starter", completions_checkout_1, false },
		    { "server", completions_serve_1, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
