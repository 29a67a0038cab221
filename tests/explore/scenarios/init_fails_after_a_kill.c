/* SPDX-License-Identifier: MIT */
/* init_fails_after_a_kill.c: the next worker in a slot fails to start: its predecessor's state stays gone. */
#include "pools.h"

enum { REPLACED };

static void open_and_fail_next(void)
{
	pools_open(POOLS_SPEC(.size = 1));
	behaviour.fail_in_init = 1;
}

static void kill_worker(void)
{
	EXPLORE_CHECK(pooltoy_kill_worker(poolio, 0) == 0);
}

static void close_after_replacement(void)
{
	EXPLORE_CHECK(pools_double(21, -1) == 0);
	pools_close();
	EXPLORE_CHECK(counts.inits == 2);
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_WORKER_START_FAILED] == 1);
	explore_saw(REPLACED);
}

EXPLORE_SCENARIO(init_fails_after_a_kill) = {
	.story = "a worker is killed, and the next one's init fails: terminate runs once for each "
		 "init",
	.setup = open_and_fail_next,
	.finish = close_after_replacement,
	.fibers = { { "killer", kill_worker, false } },
	.sights = { [REPLACED] = "replaced" },
	.delays = true,
};
