/* SPDX-License-Identifier: MIT */
/* client_death_replaces_its_worker.c: the next client gets another worker. */
#include "acts.h"

static void open_replacing(void)
{
	pools_open(POOLS_SPEC(.size = 1, .on_client_death = POOLTOY_REPLACE));
}

static void close_after_replacement(void)
{
	act_use_and_close();
	EXPLORE_CHECK(counts.inits == 2 && counts.resets == 0);
}

EXPLORE_SCENARIO(client_death_replaces_its_worker) = {
	.story = "a client ends with a lease of a pool that replaces such workers; another waits",
	.setup = open_replacing,
	.finish = close_after_replacement,
	.fibers = { { "holder", act_hold_and_end, false }, { "waiter", act_use_and_see, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
