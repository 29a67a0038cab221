/* SPDX-License-Identifier: MIT */
/* overflow_whose_init_fails.c: nobody is dismissed for a worker that is not up, and never will be. */
#include "overflow.h"

enum { START_FAILED = ACT_SIGHTS };

static void open_held_and_fail_in_init(void)
{
	overflow_open_held();
	behaviour.fail_in_init = 100;
}

static void check_in(void)
{
	EXPLORE_CHECK(pooltoy_checkin(&act_held) == 0);
}

static void close_after_failed_init(void)
{
	if (counts.events[POOLTOY_EVENT_WORKER_START_FAILED] > 0)
		explore_saw(START_FAILED);
	overflow_close_undismissed();
}

EXPLORE_SCENARIO(overflow_whose_init_fails) = {
	.story =
		"a client that waits for overflow is served by a checkin, then the overflow's init "
		"fails: the worker that is up stays",
	.setup = open_held_and_fail_in_init,
	.law = overflow_size_is_up,
	.finish = close_after_failed_init,
	.fibers = { { "holder", check_in, false }, { "waiter", act_use_and_see, false } },
	.sights = { [SERVED] = "served", [START_FAILED] = "the overflow's init failed" },
	.delays = true,
};
