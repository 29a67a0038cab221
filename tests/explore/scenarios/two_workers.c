/* SPDX-License-Identifier: MIT */
/* two_workers.c: more slots than nudges: who is served looks for the one behind. */
#include "brokerage.h"

enum { GRANTED, FOUND, TRIED };
enum { LIMIT_NS = 500, JUMP_NS = 1000 };

static struct holding first, second;

static void open_both_held(void)
{
	brokerage_open(BROKER_AFFINE, 2, LIMIT_NS);
	EXPLORE_CHECK(brokerage_checkout(&first, SYNC_NEVER));
	EXPLORE_CHECK(brokerage_checkout(&second, SYNC_NEVER));
}

static void close(void)
{
	brokerage_close();
}

static void give_first(void)
{
	EXPLORE_CHECK(brokerage_checkin(&first));
}

static void give_second(void)
{
	EXPLORE_CHECK(brokerage_checkin(&second));
}

/* Keeps what it gets until the end of the world, so that the next one has to be served by another. */
static sync_atomic(int) kept;

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

static void open_for_keepers(void)
{
	open_both_held();
	sync_store(&kept, 0, relaxed);
}

EXPLORE_SCENARIO(two_workers_for_two_waiters) = {
	.story = "two slots come back for two waiters, with and without a hand-over: both are "
		 "served",
	.setup = open_for_keepers,
	.finish = close,
	.fibers = { { "one", give_first, false },
		    { "other", give_second, false },
		    { "waits", keep, false },
		    { "waits too", keep, false } },
	.sights = { [GRANTED] = "granted", [FOUND] = "found" },
	.budget = { .jumps = 1, .jump_ns = JUMP_NS },
	.delays = true,
	.cap = 200000,
};

static void try_once(void)
{
	struct holding holding;

	if (!brokerage_try(&holding))
		return;
	explore_saw(TRIED);
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

static void close_one(void)
{
	brokerage_close();
}

EXPLORE_SCENARIO(hint_set_again_beside_a_waiter) = {
	.story = "a try takes a hint away and sets it again, while a waiter looks in between",
	.setup = open_one_held,
	.finish = close_one,
	.fibers = { { "holder", give_first, false },
		    { "tries", try_once, false },
		    { "waits", wait_and_give, false } },
	.sights = { [TRIED] = "tried with success", [FOUND] = "found" },
	.bound = 3,
	.cap = 200000,
};
