/* SPDX-License-Identifier: MIT */
/* ping_against_checkout.c: an idle worker is the client's, or at its ping, and then not for too long. */
#include "acts.h"

#include "pool.h"

enum { PINGED = ACT_SIGHTS };

static void open_pinged(void)
{
	pools_open(POOLS_SPEC(.size = 1, .ping_interval = 1, .ping_timeout = 1));
	sync_yield_until(counts.pings == 1); /* the time for that is yet to end */
}

static void close_after_a_ping(void)
{
	if (counts.pings > 1)
		explore_saw(PINGED);
	sync_yield_until(counts.pings > 2);
	act_use();
	EXPLORE_CHECK(counts.inits == 1 + figure_load(&poolio->ping_failures));
	pools_close();
}

EXPLORE_SCENARIO(ping_against_checkout) = {
	.story = "two clients and a worker that is pinged meanwhile: all take turns",
	.setup = open_pinged,
	.finish = close_after_a_ping,
	.fibers = { { "client", act_use_and_see, false }, { "other", act_use_and_see, false } },
	.sights = { [SERVED] = "served", [PINGED] = "pinged meanwhile" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
