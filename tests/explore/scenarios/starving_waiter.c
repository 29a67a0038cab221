/* SPDX-License-Identifier: MIT */
/* starving_waiter.c: newcomers may overtake a waiter for a while, and then no more. */
#include "brokerage.h"

enum { OVERTAKEN, HANDED_OVER, ROUNDS = 4, LIMIT_NS = 1000, TICK_NS = 600 };

static bool waiting, served;   /* the waiter; seen to wait at `since` */
static bool greedy_is_in_line; /* or may be */
static uint64_t since;

static void open(void)
{
	brokerage_open(BROKER_AFFINE, 1, LIMIT_NS);
	waiting = served = greedy_is_in_line = false;
}

/* Checks out and in, again and again; each time takes a while. */
static void be_greedy(void)
{
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct holding holding;
		bool overtakes = waiting && !served, starves, got;

		greedy_is_in_line = true;
		got = brokerage_checkout(&holding, sync_now());
		greedy_is_in_line = false;
		if (!got)
			continue;
		if (overtakes)
			explore_saw(OVERTAKEN);
		explore_advance(TICK_NS);
		starves = waiting && !served && sync_now() - since > LIMIT_NS;
		EXPLORE_CHECK(brokerage_checkin(&holding));
		/* It has been leased to the waiter, so there is nothing to be greedy for. */
		if (starves && !served)
			EXPLORE_CHECK(figure_load(&brokerage.queue.waiters) == 0);
	}
}

static void wait_in_line(void)
{
	struct holding holding;

	EXPLORE_CHECK(brokerage_checkout(&holding, SYNC_NEVER));
	served = true;
	if (brokerage_granted)
		explore_saw(HANDED_OVER);
	EXPLORE_CHECK(brokerage_checkin(&holding));
}

static void is_waiting(void)
{
	if (figure_load(&brokerage.queue.waiters) > greedy_is_in_line && !waiting) {
		waiting = true;
		since = sync_now();
	}
}

EXPLORE_SCENARIO(starving_waiter) = {
	.story =
		"a waiter is overtaken until it has waited for long: the next slot is handed to it",
	.setup = open,
	.finish = brokerage_close,
	.fibers = { { "greedy", be_greedy, false }, { "waiter", wait_in_line, false } },
	.law = is_waiting,
	.sights = { [OVERTAKEN] = "overtaken", [HANDED_OVER] = "handed over" },
	.cap = 200000,
};
