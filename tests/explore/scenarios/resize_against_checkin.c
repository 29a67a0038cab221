/* SPDX-License-Identifier: MIT */
/* resize_against_checkin.c: a pool is to have one worker less, just as one comes back. */
#include "overflow.h"
#include "pool.h"

static struct pooltoy_lease other;

static void open_and_hold_two(void)
{
	pools_open(POOLS_SPEC(.size = 2));
	act_hold(&act_held);
	act_hold(&other);
}

static void shrink(void)
{
	EXPLORE_CHECK(pooltoy_pool_resize(poolio, 1, 0) == 0);
}

/* One of the two comes back, so one goes; the other stays with its client throughout, and is good. */
static void close_with_one(void)
{
	sync_yield_until(overflow_alive() == 1 && figure_load(&poolio->broker.overflow) == 0);
	EXPLORE_CHECK(pools_call(&other, 21, -1) == 0);
	EXPLORE_CHECK(pooltoy_checkin(&other) == 0);
	act_use();
	EXPLORE_CHECK(counts.terminates == 1);
	pools_close();
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_POOL_RESIZED] == 1);
}

EXPLORE_SCENARIO(resize_against_checkin) = {
	.story = "a pool is to have one worker less just as one comes back: that one goes, and no "
		 "other",
	.setup = open_and_hold_two,
	.finish = close_with_one,
	.fibers = { { "shrinks", shrink, false }, { "holder", act_check_in_held, false } },
	.sights = { [SERVED] = "checked in" },
	.delays = true,
};
