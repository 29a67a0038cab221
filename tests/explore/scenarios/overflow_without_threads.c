/* SPDX-License-Identifier: MIT */
/* overflow_without_threads.c: overflow that cannot start costs none of the workers that are up. */
#include "overflow.h"

static void open_held_without_threads(void)
{
	pools_open(POOLS_SPEC(.size = 1, .max_overflow = 2));
	act_hold(&act_held);
	explore_refuse(true, false);
}

static void give_up(void)
{
	act_see(pools_double(21, 10));
}

static void close_after_checkin(void)
{
	EXPLORE_CHECK(pooltoy_checkin(&act_held) == 0);
	overflow_close_undismissed();
}

EXPLORE_SCENARIO(overflow_without_threads) = {
	.story = "two clients wait, no thread is to be had, they give up: the worker that is up "
		 "stays",
	.setup = open_held_without_threads,
	.law = overflow_size_is_up,
	.finish = close_after_checkin,
	.fibers = { { "one", give_up, false }, { "other", give_up, false } },
	.sights = { [TIMED_OUT] = "gave up" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
