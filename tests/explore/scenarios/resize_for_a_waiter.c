/* SPDX-License-Identifier: MIT */
/* resize_for_a_waiter.c: a client waits, and the pool is to have one worker more. */
#include "acts.h"
#include "laws.h"

static void open_and_hold_for_more(void)
{
	act_open_and_hold();
	laws_allow(2);
}

/* By its size, or its overflow. */
static void grow(void)
{
	int more = (int)explore_choose(2);

	EXPLORE_CHECK(pooltoy_pool_resize(poolio, 1 + more, 1 - more) == 0);
}

static void close_after_checkin(void)
{
	act_check_in_held();
	act_use_and_close();
	EXPLORE_CHECK(counts.inits == 2);
}

EXPLORE_SCENARIO(resize_for_a_waiter) = {
	.story = "a pool is to have one worker more, just as a client comes to wait: it is served, "
		 "though "
		 "the first one is not given back",
	.setup = open_and_hold_for_more,
	.finish = close_after_checkin,
	.fibers = { { "grows", grow, false }, { "waiter", act_use, false } },
	.sights = { [SERVED] = "checked in" },
	.delays = true,
};
