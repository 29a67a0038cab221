/* SPDX-License-Identifier: MIT */
/* second_kill_of_a_manager.c: a manager is killed twice, and dies once. */
#include "pools.h"

enum { ACCEPTED, REFUSED };

static void open_going_to_backoff(void)
{
	pools_open(POOLS_SPEC(.size = 1, .max_restarts = POOLTOY_NONE));
}

/* No time passes between the two, so the pool does not come out of its backoff in between. */
static void kill_twice(void)
{
	int code;

	EXPLORE_CHECK(pooltoy_kill_manager(poolio) == 0);
	code = pooltoy_kill_manager(poolio);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTARTING);
	explore_saw(code == 0 ? ACCEPTED : REFUSED);
}

static void close_after_backoff(void)
{
	sync_yield_until(counts.events[POOLTOY_EVENT_POOL_RESTARTED] > 0);
	EXPLORE_CHECK(pools_double(21, -1) == 0);
	pools_close();
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_POOL_CRASHED] == 1);
}

EXPLORE_SCENARIO(second_kill_of_a_manager) = {
	.story = "a manager is killed again as it dies: the next one, who waits out the backoff, "
		 "is spared",
	.setup = open_going_to_backoff,
	.finish = close_after_backoff,
	.fibers = { { "killer", kill_twice, false } },
	.sights = { [ACCEPTED] = "both accepted", [REFUSED] = "the second refused" },
	.bound = 3,
	.delays = true,
};
