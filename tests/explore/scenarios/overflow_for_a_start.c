/* SPDX-License-Identifier: MIT */
/* overflow_for_a_start.c: who waits without a thread has a worker started, too. */
#include "completions.h"

static void open(void)
{
	completions_open(POOLS_SPEC(.size = 1, .max_overflow = 1));
	act_hold(&act_held);
}

static void close(void)
{
	completions_await();
	completions_check_in_held();
	completions_await_and_close();
}

EXPLORE_SCENARIO(overflow_for_a_start) = {
	.story =
		"a checkout is started, for which there is overflow, and a client comes in between",
	.setup = open,
	.finish = close,
	.fibers = { { "starter", completions_checkout_1, false },
		    { "client", act_pass, false },
		    { "server", completions_serve_1, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
