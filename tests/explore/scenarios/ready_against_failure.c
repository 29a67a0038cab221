/* SPDX-License-Identifier: MIT */
/* ready_against_failure.c: the pool fails while workers are waited for. */
#include "acts.h"

static void open_to_fail(void)
{
	pools_open(
		POOLS_SPEC(.size = 1, .max_restarts = POOLTOY_NONE, .give_up_after = POOLTOY_NONE));
}

static void wait_in_vain(void)
{
	act_see(pooltoy_pool_wait_ready(poolio, 2, -1));
}

EXPLORE_SCENARIO(ready_against_failure) = {
	.story = "a thread waits for more workers than there are, as the pool fails: it is told",
	.setup = open_to_fail,
	.finish = pools_close,
	.fibers = { { "kills", act_kill_manager, false }, { "waits", wait_in_vain, false } },
	.sights = { [FAILED] = "told" },
	.delays = true,
};
