/* SPDX-License-Identifier: MIT */
/* overflow_raised_beside_a_checkin.c: the first worker comes back as another is started beside it. */
#include "overflow.h"

enum { OVERFLOWED = ACT_SIGHTS, NOT_NEEDED, DISMISSED };

/* By its own thread, which takes the short way. */
static void hold_for_a_moment(void)
{
	struct pooltoy_lease lease;

	act_hold(&lease);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
}

static void close_after_dismissal(void)
{
	explore_saw(counts.inits > 1 ? OVERFLOWED : NOT_NEEDED);
	if (counts.events[POOLTOY_EVENT_WORKER_STOPPED] > 0)
		explore_saw(DISMISSED);
	overflow_close();
}

EXPLORE_SCENARIO(overflow_raised_beside_a_checkin) = {
	.story = "a worker comes back just as overflow is started for a client that keeps it: one "
		 "of the two goes",
	.setup = overflow_open_small,
	.law = overflow_size_is_up,
	.finish = close_after_dismissal,
	.fibers = { { "holder", hold_for_a_moment, false }, { "keeps", overflow_hold_until_alone, false } },
	.sights = { [SERVED] = "served",
		    [OVERFLOWED] = "by overflow",
		    [NOT_NEEDED] = "by the checkin",
		    [DISMISSED] = "the overflow was dismissed" },
	.delays = true,
	.by_chance = 8000, /* one in a hundred dismisses */
};
