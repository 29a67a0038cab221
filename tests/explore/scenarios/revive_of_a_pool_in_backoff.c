/* SPDX-License-Identifier: MIT */
/* revive_of_a_pool_in_backoff.c: it serves again. */
#include "acts.h"

/* Restarts are not forgiven at all; the backoff is given up at once. */
static void open_fragile(void)
{
	pools_open(POOLS_SPEC(.size = 1, .max_restarts = POOLTOY_NONE, .give_up_after = 1));
}

static void revive(void)
{
	EXPLORE_CHECK(pooltoy_pool_revive(poolio) == 0);
}

static void revive_and_close(void)
{
	/* The death may be still to come; whatever the pool's state then, it is revived. */
	sync_yield_until(counts.events[POOLTOY_EVENT_POOL_CRASHED] == 1);
	explore_advance(1000000000000);
	revive();
	act_serve_and_close();
}

EXPLORE_SCENARIO(revive_of_a_pool_in_backoff) = {
	.story =
		"a pool that may not restart goes to backoff, and is revived, while a client comes",
	.setup = open_fragile,
	.finish = revive_and_close,
	.fibers = { { "killer", act_kill_manager_if_up, false },
		    { "client", act_use_and_see, false },
		    { "reviver", revive, false } },
	.sights = { [SERVED] = "served", [STALE] = "stale", [CRASHED] = "crashed" },
	.delays = true,
};
