/* SPDX-License-Identifier: MIT */
/* overflow_for_two_who_meet.c: as many workers are started as clients wait, however their demands meet. */
#include "pools.h"

enum { MET };

static unsigned holding;

static void open_empty(void)
{
	pools_open(POOLS_SPEC(.size = 0, .max_overflow = 2));
	holding = 0;
}

/* Neither checks in before the other has a worker, too. */
static void hold_until_both_do(void)
{
	struct pooltoy_lease lease;

	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &lease) == 0);
	pools_granted(&lease);
	holding++;
	sync_yield_until(holding == 2);
	explore_saw(MET);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
}

EXPLORE_SCENARIO(overflow_for_two_who_meet) = {
	.story = "two clients, no worker, room for two: each gets one, though neither gives back",
	.setup = open_empty,
	.finish = pools_close,
	.fibers = { { "one", hold_until_both_do, false }, { "other", hold_until_both_do, false } },
	.sights = { [MET] = "both held a worker" },
	.delays = true,
};
