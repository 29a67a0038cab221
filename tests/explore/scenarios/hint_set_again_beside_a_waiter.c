/* SPDX-License-Identifier: MIT */
/* hint_set_again_beside_a_waiter.c: who took a hint away in vain sees to it that nobody missed it. */
#include "brokerage.h"

enum { FOUND, SEARCHED };

static struct holding first;

static void give_first(void)
{
	EXPLORE_CHECK(brokerage_checkin(&first));
}

static void search_once(void)
{
	struct holding holding;

	if (!brokerage_take(&holding))
		return;
	explore_saw(SEARCHED);
	EXPLORE_CHECK(brokerage_checkin(&holding));
}

static void wait_and_give(void)
{
	struct holding holding;

	EXPLORE_CHECK(brokerage_checkout(&holding, SYNC_NEVER));
	explore_saw(FOUND);
	EXPLORE_CHECK(brokerage_checkin(&holding));
}

static void open_one_held(void)
{
	brokerage_open(BROKER_AFFINE, 1, SYNC_NEVER);
	EXPLORE_CHECK(brokerage_checkout(&first, SYNC_NEVER));
}

EXPLORE_SCENARIO(hint_set_again_beside_a_waiter) = {
	.story = "a search takes a hint away and sets it again, while a waiter looks in between",
	.setup = open_one_held,
	.finish = brokerage_close,
	.fibers = { { "holder", give_first, false },
		    { "searches", search_once, false },
		    { "waits", wait_and_give, false } },
	.sights = { [SEARCHED] = "searched with success", [FOUND] = "found" },
	.bound = 3,
	.cap = 200000,
};
