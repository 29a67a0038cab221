/* SPDX-License-Identifier: MIT */
/* overflow_for_two_who_starve.c: the one is handed a worker as the manager counts it as the other's, too. */
#include "pools.h"

enum { MET };

static unsigned holding;

static void open_empty(void)
{
	pools_open(POOLS_SPEC(.size = 0, .max_overflow = 2, .max_starting = 1, .starvation_us = 1));
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

EXPLORE_SCENARIO(overflow_for_two_who_starve) = {
	.story = "two clients starve, one worker after the other is started: each is handed one, "
		 "though neither gives back",
	.setup = open_empty,
	.finish = pools_close,
	.fibers = { { "one", hold_until_both_do, false }, { "other", hold_until_both_do, false } },
	.sights = { [MET] = "both held a worker" },
	.budget = { .jumps = 1, .jump_ns = 1000000 },
	.delays = true,
};
