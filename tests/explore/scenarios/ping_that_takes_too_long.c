/* SPDX-License-Identifier: MIT */
/* ping_that_takes_too_long.c: it is interrupted, and its worker killed; or it was just in time. */
#include "acts.h"

#include "pool.h"

enum { OVERDUE = ACT_SIGHTS };

static void open_slow(void)
{
	pools_open(POOLS_SPEC(.size = 1, .ping_interval = 1, .ping_timeout = 1));
	behaviour.pings_take_time = true;
}

static void close_after_the_ping(void)
{
	sync_yield_until(figure_load(&poolio->ping_failures) > 0);
	behaviour.pings_take_time = false;
	explore_saw(OVERDUE);
	act_serve();
	pools_close();
}

EXPLORE_SCENARIO(ping_that_takes_too_long) = {
	.story = "a ping lasts until its worker is to stop: a client is served by the next worker",
	.setup = open_slow,
	.finish = close_after_the_ping,
	.fibers = { { "client", act_use_and_see, false } },
	.sights = { [SERVED] = "served", [OVERDUE] = "overdue" },
	.budget = { .timeouts = 2 },
	.delays = true,
};
