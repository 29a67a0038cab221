/* SPDX-License-Identifier: MIT */
/* manager_death_against_tries_lifo.c: clients that never wait are told why. */
#include "acts.h"

enum { TRIED = ACT_SIGHTS };

static void try_once(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(poolio, 0, &lease);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_EFULL || code == POOLTOY_ESTARTING);
	if (code) {
		explore_saw(TRIED);
		return;
	}
	pools_granted(&lease);
	explore_saw(SERVED);
	code = pooltoy_checkin(&lease);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
}

static void open_two_workers(void)
{
	pools_open(POOLS_SPEC(.size = 2, .strategy = POOLTOY_LIFO));
}

EXPLORE_SCENARIO(manager_death_against_tries_lifo) = {
	.story = "clients try, and never wait, while the pool restarts under them",
	.setup = open_two_workers,
	.finish = act_serve_and_close,
	.fibers = { { "one", try_once, false },
		    { "other", try_once, false },
		    { "killer", act_kill_manager, false } },
	.sights = { [SERVED] = "served", [TRIED] = "in vain" },
	.delays = true,
};
