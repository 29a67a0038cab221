/* SPDX-License-Identifier: MIT */
/* lazy_pool_for_two_clients.c: both wait, each for a worker of its own. */
#include "acts.h"
#include "laws.h"

static unsigned at_once;

static void open_lazy(void)
{
	at_once = 0;
	pools_open(POOLS_SPEC(.size = 0, .max_overflow = 1, .lazy = 1));
	laws_allow(2);
	EXPLORE_CHECK(pooltoy_pool_resize(poolio, 2, 0) == 0);
}

/* Holds its worker until the other client has one, too. */
static void hold_until_both_do(void)
{
	struct pooltoy_lease lease;

	act_hold(&lease);
	at_once++;
	explore_saw(SERVED);
	sync_yield_until(at_once == 2);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
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
	.fibers = { { "one", hold_until_both_do, false }, { "other", hold_until_both_do, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
