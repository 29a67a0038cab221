/* SPDX-License-Identifier: MIT */
/* rolling.c: workers are replaced under clients, or as their manager dies; each is, and nobody fails. */
#include "acts.h"

enum { REPLACED = ACT_SIGHTS };

static void replace(void)
{
	EXPLORE_CHECK(pooltoy_pool_replace_workers(poolio, 1) == 0);
}

static void close(void)
{
	sync_yield_until(counts.events[POOLTOY_EVENT_WORKERS_REPLACED] == 1);
	EXPLORE_CHECK(counts.terminates >= 1);
	explore_saw(REPLACED);
	act_serve_and_close();
}

EXPLORE_SCENARIO(rolling_under_clients) = {
	.story = "the one worker is replaced while a client checks it in and another waits",
	.setup = act_open_and_hold,
	.finish = close,
	.fibers = { { "operator", replace, false },
		    { "holder", act_check_in_held, false },
		    { "client", act_use, false } },
	.sights = { [SERVED] = "checked in", [REPLACED] = "replaced" },
	.delays = true,
};

EXPLORE_SCENARIO(rolling_against_manager_death) = {
	.story = "the manager dies while workers are to be replaced",
	.setup = act_open_one,
	.finish = close,
	.fibers = { { "operator", replace, false }, { "killer", act_kill_manager, false } },
	.sights = { [REPLACED] = "replaced" },
	.delays = true,
};
