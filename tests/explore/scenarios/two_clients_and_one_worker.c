/* SPDX-License-Identifier: MIT */
/* two_clients_and_one_worker.c: the shortest way to a lost wakeup, in each order of idle slots. */
#include "brokerage.h"

enum { WAITED, FOUND_AT_ONCE };

static void open_affine(void)
{
	brokerage_open(BROKER_AFFINE, 1, 1000000);
}

static void open_lifo(void)
{
	brokerage_open(BROKER_LIFO, 1, 1000000);
}

static void open_fifo(void)
{
	brokerage_open(BROKER_FIFO, 1, 1000000);
}

static void use_once(void)
{
	struct holding holding;
	unsigned found = brokerage_found;

	EXPLORE_CHECK(brokerage_checkout(&holding, SYNC_NEVER));
	explore_saw(brokerage_found > found ? WAITED : FOUND_AT_ONCE);
	EXPLORE_CHECK(brokerage_checkin(&holding));
	EXPLORE_CHECK(!brokerage_checkin(&holding)); /* a second time: stale */
}

#define TWO_CLIENTS \
	{ \
		{ "one", use_once, false }, \
		{ \
			"other", use_once, false \
		} \
	}
#define SIGHTS \
	{ \
		[WAITED] = "a client waited", [FOUND_AT_ONCE] = "a client was served at once" \
	}

EXPLORE_SCENARIO(two_clients_and_one_worker) = {
	.story = "two clients share one worker: both are served, whoever comes first",
	.setup = open_affine,
	.finish = brokerage_close,
	.fibers = TWO_CLIENTS,
	.sights = SIGHTS,
	.budget = { .spurious = 1 },
	.cap = 200000,
};

EXPLORE_SCENARIO(two_clients_and_one_worker_lifo) = {
	.story = "the same with idle slots in the order last in, first out",
	.setup = open_lifo,
	.finish = brokerage_close,
	.fibers = TWO_CLIENTS,
	.sights = SIGHTS,
	.cap = 200000,
};

EXPLORE_SCENARIO(two_clients_and_one_worker_fifo) = {
	.story = "the same with idle slots in the order first in, first out",
	.setup = open_fifo,
	.finish = brokerage_close,
	.fibers = TWO_CLIENTS,
	.sights = SIGHTS,
	.cap = 200000,
};

EXPLORE_SCENARIO(three_clients_and_one_worker) = {
	.story = "with three, who was told of the worker and comes too late is told again",
	.setup = open_affine,
	.finish = brokerage_close,
	.fibers = { { "one", use_once, false },
		    { "other", use_once, false },
		    { "third", use_once, false } },
	.sights = SIGHTS,
	.cap = 200000,
};
