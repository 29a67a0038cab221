/* SPDX-License-Identifier: MIT */
/* ready_against_ends.c: the pool stops, or the wait is cancelled, or over, while workers are waited for. */
#include "acts.h"

static void wait_in_vain(void)
{
	act_see(pooltoy_pool_wait_ready(poolio, 2, 1));
}

EXPLORE_SCENARIO(ready_against_ends) = {
	.story = "two threads wait for more workers than there are, as the pool is stopped: each "
		 "is told, or "
		 "cancelled, or gives up",
	.setup = act_open_one,
	.finish = pools_close,
	.fibers = { { "stops", act_stop, false },
		    { "one", wait_in_vain, true },
		    { "other", wait_in_vain, false } },
	.sights = { [STOPPED] = "told", [TIMED_OUT] = "gave up" },
	.budget = { .timeouts = 1, .cancels = 1 },
	.delays = true,
};
