/* SPDX-License-Identifier: MIT */
/* try_beside_a_search.c: what has been given back before a try is found by it. */
#include "brokerage.h"

static struct holding first;

static void give_and_try(void)
{
	struct holding again;

	EXPLORE_CHECK(brokerage_checkin(&first));
	EXPLORE_CHECK(brokerage_try(&again));
	EXPLORE_CHECK(brokerage_checkin(&again));
}

/* As who leaves the queue does, and takes none. */
static void search(void)
{
	bool set_again = false;

	(void)idle_hints_any(&brokerage.hints, &brokerage.slots, &set_again);
	if (set_again) {
		explore_saw(0);
		broker_look_at_who_waits(&brokerage);
	}
}

static void open_one_held(void)
{
	brokerage_open(BROKER_AFFINE, 1, SYNC_NEVER);
	EXPLORE_CHECK(brokerage_checkout(&first, SYNC_NEVER));
}

EXPLORE_SCENARIO(try_beside_a_search) = {
	.story = "a slot is given back and tried for, while a search has taken its hint away and not yet looked again",
	.setup = open_one_held,
	.finish = brokerage_close,
	.fibers = { { "tries", give_and_try, false }, { "searches", search, false } },
	.sights = { "hint set again" },
	.bound = 3,
	.cap = 200000,
};
