/* SPDX-License-Identifier: MIT */
/* retirement_against_checkin.c: a worker's time is over as it is given back: it is replaced, once. */
#include "acts.h"
#include "laws.h"

#include "pool.h"

static void open_short_lived(void)
{
	pools_open(POOLS_SPEC(.size = 1, .max_lifetime = 1, .lifetime_jitter = POOLTOY_NONE));
}

static void wait_for_the_next(void)
{
	sync_yield_until(counts.inits >= 2);
	act_use_and_close();
	EXPLORE_CHECK(figure_load(&poolio->retired) >= 1);
	EXPLORE_CHECK(figure_load(&poolio->retired) == laws_account()->vacated[SLOT_RETIRED]);
	EXPLORE_CHECK(!poolio->crew.start_backoff.in_row);
}

EXPLORE_SCENARIO(retirement_against_checkin) = {
	.story = "a worker's time is over while it is used and given back: it is replaced, never "
		 "in the middle",
	.setup = open_short_lived,
	.finish = wait_for_the_next,
	.fibers = { { "client", act_use_and_see, false }, { "other", act_use_and_see, false } },
	.sights = { [SERVED] = "served" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
