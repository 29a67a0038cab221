/* SPDX-License-Identifier: MIT */
/* stop_against_everything.c: each has a clear answer, and the pool stops once. */
#include "acts.h"

enum { FIRST = ACT_SIGHTS, SECOND };

static void stop_pool(void)
{
	int code = pooltoy_stop_pool(poolio, -1);

	explore_note("stop: %d", code);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTOPPED);
	explore_saw(code ? SECOND : FIRST);
}

static void find_and_use(void)
{
	struct pooltoy_pool *found;
	int code = pooltoy_find_pool(poolsup, "poolio", &found);

	if (code) {
		EXPLORE_CHECK(code == POOLTOY_ENOENT);
		return;
	}
	EXPLORE_CHECK(found == poolio);
	code = pooltoy_kill_manager(found);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTOPPED);
	pooltoy_pool_release(found);
}

EXPLORE_SCENARIO(stop_against_everything) = {
	.story = "a caller, a client that comes, one that finds the pool by name and kills its "
		 "manager, a second stop",
	.setup = act_open_one,
	.finish = pools_close,
	.fibers = { { "client", act_use_and_see, false },
		    { "finder", find_and_use, false },
		    { "stopper", stop_pool, false },
		    { "another", stop_pool, false } },
	.sights = { [SERVED] = "served",
		    [STALE] = "stale",
		    [CRASHED] = "crashed",
		    [STOPPED] = "stopped",
		    [FIRST] = "stopped by this one",
		    [SECOND] = "stopped by the other" },
	.bound = 1,
	.delays = true,
};
