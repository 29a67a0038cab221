/* SPDX-License-Identifier: MIT */
/* abandoned_call_that_breaks.c: a worker that dies in its first lease was as good as not started. */
#include "acts.h"
#include "laws.h"

#include "pool.h"

static void call_and_keep_the_lease(void)
{
	struct pooltoy_lease lease;

	act_hold(&lease);
	act_see(pools_call(&lease, 21, 10));
	(void)pools_call(&lease, 21, -1); /* the first, if that was withdrawn before it ran */
	sync_yield_until(laws_account()->stopped[SLOT_BROKE] == 1);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == POOLTOY_ESTALE);
}

static void close_after_a_backoff(void)
{
	act_use();
	EXPLORE_CHECK(poolio->crew.start_backoff.in_row);
	pools_close();
}

EXPLORE_SCENARIO(abandoned_call_that_breaks) = {
	.story = "a worker breaks in its first lease, beside its caller's timeout: the next start "
		 "waits for a backoff",
	.setup = act_open_and_break,
	.finish = close_after_a_backoff,
	.fibers = { { "caller", call_and_keep_the_lease, false } },
	.sights = { [CRASHED] = "crashed", [TIMED_OUT] = "timed out" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
