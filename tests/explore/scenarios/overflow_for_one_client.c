/* SPDX-License-Identifier: MIT */
/* overflow_for_one_client.c: who waits has one worker started, and not another as it takes that. */
#include "overflow.h"

static void close_after_one(void)
{
	EXPLORE_CHECK(counts.inits == 1);
	overflow_close();
	EXPLORE_CHECK(counts.inits == 1);
}

EXPLORE_SCENARIO(overflow_for_one_client) = {
	.story = "a client waits in a pool that starts none before, and may start two: one is "
		 "started",
	.setup = overflow_open_empty,
	.finish = close_after_one,
	.fibers = { { "client", act_use_and_see, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
