/* SPDX-License-Identifier: MIT */
/* failed_start_keeps_its_slot.c: a place whose thread cannot be started is there for the next one. */
#include "pools.h"

#include "worker.h"

enum { SERVED, FAILED };

static void open_empty(void)
{
	pools_open(POOLS_SPEC(.size = 0, .max_overflow = 1));
}

static void use(void)
{
	EXPLORE_CHECK(pools_double(21, -1) == 0);
	explore_saw(SERVED);
}

/* All that the manager has no worker for. */
static unsigned vacant_places(void)
{
	unsigned count = 0;

	for (struct pooltoy_worker *worker = poolio->crew.vacant; worker;
	     worker = worker->next_vacant)
		count++;
	return count;
}

static void close_with_all_places(void)
{
	sync_yield_until(vacant_places() == slot_table_count(&poolio->broker.slots));
	if (counts.events[POOLTOY_EVENT_WORKER_START_FAILED] > 0)
		explore_saw(FAILED);
	pools_close();
}

EXPLORE_SCENARIO(failed_start_keeps_its_slot) = {
	.story = "a worker's thread cannot be had, once or twice: no place in the pool is lost",
	.setup = open_empty,
	.finish = close_with_all_places,
	.fibers = { { "client", use, false } },
	.sights = { [SERVED] = "served", [FAILED] = "a start failed" },
	.budget = { .no_threads = 2 },
	.delays = true,
};
