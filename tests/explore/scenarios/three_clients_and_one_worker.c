/* SPDX-License-Identifier: MIT */
/* three_clients_and_one_worker.c: a waiter that was told of the slot finds it taken again, or is not the head any more. */
#include "brokerage.h"

enum { WAITED, FOUND_AT_ONCE };

static void open(void)
{
	brokerage_open(BROKER_AFFINE, 1, 1000000);
}

static void use_once(void)
{
	struct holding holding;
	unsigned found = brokerage_found;

	EXPLORE_CHECK(brokerage_checkout(&holding, SYNC_NEVER));
	explore_saw(brokerage_found > found ? WAITED : FOUND_AT_ONCE);
	EXPLORE_CHECK(brokerage_checkin(&holding));
}

EXPLORE_SCENARIO(three_clients_and_one_worker) = {
	.story = "three clients share one worker: who was told of it and comes too late is told again",
	.setup = open,
	.finish = brokerage_close,
	.fibers = { { "one", use_once, false },
		    { "other", use_once, false },
		    { "third", use_once, false } },
	.sights = { [WAITED] = "a client waited", [FOUND_AT_ONCE] = "a client was served at once" },
	.cap = 200000,
};
