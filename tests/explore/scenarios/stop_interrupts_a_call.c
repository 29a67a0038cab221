/* SPDX-License-Identifier: MIT */
/* stop_interrupts_a_call.c: the slow call ends, and no terminate meets it. */
#include "acts.h"

static void wait_for_the_end(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(poolio, -1, &lease);

	if (code == POOLTOY_ESTOPPED)
		return;
	EXPLORE_CHECK(code == 0);
	pools_granted(&lease);
	code = pools_call(&lease, 21, -1);
	act_see(code);
	code = pooltoy_checkin(&lease);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
}

static void stop_at_once(void)
{
	EXPLORE_CHECK(pooltoy_stop_pool(poolio, 0) == 0);
}

EXPLORE_SCENARIO(stop_interrupts_a_call) = {
	.story = "a pool is stopped under a slow call: it is interrupted, and no terminate meets "
		 "that",
	.setup = act_open_slow,
	.finish = pools_close,
	.fibers = { { "caller", wait_for_the_end, false }, { "stopper", stop_at_once, false } },
	.sights = { [STALE] = "stale", [CRASHED] = "crashed", [SERVED] = "answered" },
	.delays = true,
	.by_chance = 8000,
};
