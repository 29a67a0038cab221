/* SPDX-License-Identifier: MIT */
/* revive_of_a_failed_pool.c: who comes before it hears of the failure, who comes after is served. */
#include "acts.h"

#include "pool.h"

/* Its manager dies, and dies again when the backoff has gone on for longer than it may. */
static void open_failed(void)
{
	pools_open(POOLS_SPEC(.size = 1, .max_restarts = POOLTOY_NONE, .give_up_after = 1));
	act_kill_manager();
	sync_yield_until(counts.events[POOLTOY_EVENT_POOL_BACKOFF] == 1);
	explore_advance(UINT64_C(2) * 1000 * 1000);
	sync_yield_until(figure_load(&poolio->state) == POOL_RUNNING);
	act_kill_manager();
	sync_yield_until(counts.events[POOLTOY_EVENT_POOL_FAILED] == 1);
	EXPLORE_CHECK(figure_load(&poolio->state) == POOL_FAILED);
}

static void revive(void)
{
	EXPLORE_CHECK(pooltoy_pool_revive(poolio) == 0);
}

static void close_revived(void)
{
	act_serve_and_close();
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_POOL_REVIVED] == 1);
}

EXPLORE_SCENARIO(revive_of_a_failed_pool) = {
	.story = "a pool that has failed is revived while clients come: told why, or served",
	.setup = open_failed,
	.finish = close_revived,
	.fibers = { { "reviver", revive, false },
		    { "one", act_use_and_see, false },
		    { "other", act_use_and_see, false } },
	.sights = { [SERVED] = "served", [FAILED] = "the pool had failed" },
	.delays = true,
};
