/* SPDX-License-Identifier: MIT */
/* init_that_fails.c: who waits is served after the backoff. */
#include "acts.h"

static void open_and_fail_in_init(void)
{
	pools_open(POOLS_SPEC(.size = 0, .max_overflow = 1));
	behaviour.fail_in_init = 1;
}

static void close_after_failed_init(void)
{
	pools_close();
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_WORKER_START_FAILED] == 1);
}

EXPLORE_SCENARIO(init_that_fails) = {
	.story =
		"a worker cannot be started at first: who waits for it is served after the backoff",
	.setup = open_and_fail_in_init,
	.finish = close_after_failed_init,
	.fibers = { { "client", act_use_and_see, false } },
	.sights = { [SERVED] = "served" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
