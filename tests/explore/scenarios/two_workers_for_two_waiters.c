/* SPDX-License-Identifier: MIT */
/* two_workers_for_two_waiters.c: more slots than nudges: who is served looks for the one behind. */
#include "brokerage.h"

enum { GRANTED, FOUND };
enum { LIMIT_NS = 500, JUMP_NS = 1000 };

static struct holding first, second;
static sync_atomic(int) kept;

static void open(void)
{
	brokerage_open(BROKER_AFFINE, 2, LIMIT_NS);
	EXPLORE_CHECK(brokerage_checkout(&first, SYNC_NEVER));
	EXPLORE_CHECK(brokerage_checkout(&second, SYNC_NEVER));
	sync_store(&kept, 0, relaxed);
}

static void give_first(void)
{
	EXPLORE_CHECK(brokerage_checkin(&first));
}

static void give_second(void)
{
	EXPLORE_CHECK(brokerage_checkin(&second));
}

/* Keeps what it gets until the end, so that the next one has to be served by another. */
static void keep(void)
{
	struct holding holding;
	unsigned granted = brokerage_granted;

	EXPLORE_CHECK(brokerage_checkout(&holding, SYNC_NEVER));
	explore_saw(brokerage_granted > granted ? GRANTED : FOUND);
	sync_fetch_add(&kept, 1, relaxed);
	sync_yield_until(figure_load(&kept) == 2);
	EXPLORE_CHECK(brokerage_checkin(&holding));
}

EXPLORE_SCENARIO(two_workers_for_two_waiters) = {
	.story = "two slots come back for two waiters, with and without a hand-over: both are "
		 "served",
	.setup = open,
	.finish = brokerage_close,
	.fibers = { { "one", give_first, false },
		    { "other", give_second, false },
		    { "waits", keep, false },
		    { "waits too", keep, false } },
	.sights = { [GRANTED] = "granted", [FOUND] = "found" },
	.budget = { .jumps = 1, .jump_ns = JUMP_NS },
	.cap = 200000,
	.delays = true,
};
