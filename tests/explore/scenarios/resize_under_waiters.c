/* SPDX-License-Identifier: MIT */
/* resize_under_waiters.c: a pool is to have one worker less, though a client waits for one. */
#include "overflow.h"

static struct pooltoy_lease other;

static void open_and_hold_both(void)
{
	pools_open(POOLS_SPEC(.size = 1, .max_overflow = 1));
	act_hold(&act_held);
	act_hold(&other);
}

static void shrink_and_check_in_other(void)
{
	EXPLORE_CHECK(pooltoy_pool_resize(poolio, 1, 0) == 0);
	act_see(pooltoy_checkin(&other));
}

EXPLORE_SCENARIO(resize_under_waiters) = {
	.story = "a pool is to have one worker less while a client waits: one goes, and the client "
		 "is "
		 "served by the other",
	.setup = open_and_hold_both,
	.finish = overflow_close,
	.fibers = { { "shrinks", shrink_and_check_in_other, false },
		    { "holder", act_check_in_held, false },
		    { "waiter", act_use, false } },
	.sights = { [SERVED] = "checked in" },
	.delays = true,
};
