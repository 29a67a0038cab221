/* SPDX-License-Identifier: MIT */
/* lazy_pool_for_two_clients.c: both wait, each for a worker of its own. */
#include "acts.h"
#include "laws.h"

static void open_lazy(void)
{
	pools_open(POOLS_SPEC(.size = 0, .max_overflow = 1, .lazy = 1));
	laws_allow(2);
	EXPLORE_CHECK(pooltoy_pool_resize(poolio, 2, 0) == 0);
}

static void close_with_both(void)
{
	EXPLORE_CHECK(counts.inits == 2);
	act_use_and_close();
	EXPLORE_CHECK(counts.inits == 2);
}

EXPLORE_SCENARIO(lazy_pool_for_two_clients) = {
	.story = "two clients wait for a worker each, in a pool that starts none before: each gets "
		 "one",
	.setup = open_lazy,
	.finish = close_with_both,
	.fibers = { { "one", act_hold_until_both_do, false },
		    { "other", act_hold_until_both_do, false } },
	.sights = { [SERVED] = "both held a worker" },
	.delays = true,
};
