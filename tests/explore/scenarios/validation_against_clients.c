/* SPDX-License-Identifier: MIT */
/* validation_against_clients.c: who takes a worker that was idle for too long has it pinged, and goes on. */
#include "acts.h"

#include "pool.h"

enum { VALIDATED = ACT_SIGHTS, REPLACED };

static void open_sick(void)
{
	pools_open(POOLS_SPEC(.size = 1, .validate_after = 1));
	behaviour.break_in_ping = 1;
}

static void close_after_the_ping(void)
{
	if (counts.pings > 0)
		explore_saw(VALIDATED);
	if (counts.inits > 1)
		explore_saw(REPLACED);
	EXPLORE_CHECK(counts.inits == 1 + figure_load(&poolio->ping_failures));
	act_use_and_close();
}

EXPLORE_SCENARIO(validation_against_clients) = {
	.story = "the worker was idle for too long, and is broken: two clients are served all the "
		 "same",
	.setup = open_sick,
	.finish = close_after_the_ping,
	.fibers = { { "client", act_use_and_see, false }, { "other", act_use_and_see, false } },
	.sights = { [SERVED] = "served", [VALIDATED] = "pinged", [REPLACED] = "replaced" },
	.budget = { .jumps = 2, .jump_ns = 2000000 },
	.delays = true,
};
