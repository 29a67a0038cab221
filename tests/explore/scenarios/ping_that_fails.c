/* SPDX-License-Identifier: MIT */
/* ping_that_fails.c: a client that waits for the worker gets the next one. */
#include "acts.h"

#include "pool.h"

enum { FAILED_PING = ACT_SIGHTS };

static void open_sick(void)
{
	pools_open(POOLS_SPEC(.size = 1, .ping_interval = 1));
	behaviour.break_in_ping = 1;
}

static void close_after_the_ping(void)
{
	sync_yield_until(counts.pings > 0);
	act_use();
	EXPLORE_CHECK(counts.inits == 2 && figure_load(&poolio->ping_failures) == 1);
	pools_close();
}

static void use(void)
{
	act_use_and_see();
	if (counts.pings > 0)
		explore_saw(FAILED_PING);
}

EXPLORE_SCENARIO(ping_that_fails) = {
	.story = "the ping of a worker fails beside two clients: neither sees a broken worker",
	.setup = open_sick,
	.finish = close_after_the_ping,
	.fibers = { { "client", use, false }, { "other", use, false } },
	.sights = { [SERVED] = "served", [FAILED_PING] = "after a ping" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
