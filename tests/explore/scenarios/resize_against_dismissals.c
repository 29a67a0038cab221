/* SPDX-License-Identifier: MIT */
/* resize_against_dismissals.c: a pool is resized while workers that are too many come back. */
#include "overflow.h"

enum { HELD = 3 };
static struct pooltoy_lease held[HELD];

static void open_and_hold_all(void)
{
	pools_open(POOLS_SPEC(.size = 1, .max_overflow = 2));
	for (int i = 0; i < HELD; i++)
		act_hold(&held[i]);
}

/* Which changes nothing for those that are there. */
static void bar_one(void)
{
	EXPLORE_CHECK(pooltoy_pool_resize(poolio, 1, 1) == 0);
}

static void check_all_in(void)
{
	for (int i = 0; i < HELD; i++)
		act_see(pooltoy_checkin(&held[i]));
}

EXPLORE_SCENARIO(resize_against_dismissals) = {
	.story = "overflow comes back just as a resize is followed: each is dismissed once, and "
		 "the size stays up",
	.setup = open_and_hold_all,
	.law = overflow_size_is_up,
	.finish = overflow_close,
	.fibers = { { "resizes", bar_one, false }, { "holder", check_all_in, false } },
	.sights = { [SERVED] = "checked in" },
	.delays = true,
};
