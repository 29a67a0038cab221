/* SPDX-License-Identifier: MIT */
/* overflow_start_against_checkin.c: two workers for one waiter, and one of them is too many. */
#include "overflow.h"

enum { OVERFLOWED = ACT_SIGHTS, NOT_NEEDED, DISMISSED };

static void check_in(void)
{
	EXPLORE_CHECK(pooltoy_checkin(&act_held) == 0);
}

static void close_after_dismissal(void)
{
	explore_saw(counts.inits > 1 ? OVERFLOWED : NOT_NEEDED);
	overflow_close();
	if (counts.events[POOLTOY_EVENT_WORKER_STOPPED] > 1)
		explore_saw(DISMISSED);
}

EXPLORE_SCENARIO(overflow_start_against_checkin) = {
	.story = "a client waits, an overflow worker starts for it, and meanwhile the other comes "
		 "back",
	.setup = overflow_open_held,
	.law = overflow_size_is_up,
	.finish = close_after_dismissal,
	.fibers = { { "holder", check_in, false }, { "waiter", act_use_and_see, false } },
	.sights = { [SERVED] = "served",
		    [OVERFLOWED] = "by overflow",
		    [NOT_NEEDED] = "by the checkin",
		    [DISMISSED] = "the overflow was dismissed" },
	.delays = true,
};
