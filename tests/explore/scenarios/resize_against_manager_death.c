/* SPDX-License-Identifier: MIT */
/* resize_against_manager_death.c: the manager dies as its pool is resized: the next one follows. */
#include "acts.h"
#include "laws.h"
#include "pool.h"

static void open_for_more(void)
{
	act_open_one();
	laws_allow(2);
}

static void grow_by_one(void)
{
	EXPLORE_CHECK(pooltoy_pool_resize(poolio, 2, 0) == 0);
}

static void close_when_two_are_idle(void)
{
	sync_yield_until(laws_account()->slots[SLOT_IDLE] == 2 && figure_load(&poolio->up) == 2);
	act_close_whether_restarted_or_not();
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_POOL_RESIZED] == 1);
}

EXPLORE_SCENARIO(resize_against_manager_death) = {
	.story = "the manager dies as its pool is resized: the next one follows, once",
	.setup = open_for_more,
	.finish = close_when_two_are_idle,
	.fibers = { { "grows", grow_by_one, false }, { "client", act_pass, false } },
	.sights = { [RESTARTED] = "the pool restarted", [UNHURT] = "it did not" },
	.budget = { .manager_deaths = 1 },
	.delays = true,
};
