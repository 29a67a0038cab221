/* SPDX-License-Identifier: MIT */
/* ping_against_pause.c: a worker that is taken for a ping as its pool is paused is not lost. */
#include "acts.h"
#include "pause.h"

enum { PINGED = ACT_SIGHTS };

static void open_pinged(void)
{
	pools_open(POOLS_SPEC(.size = 1, .ping_interval = 1, .ping_timeout = 1000));
	sync_yield_until(counts.pings == 1); /* the time for that is yet to end */
}

static void close_in_service(void)
{
	if (counts.pings > 1)
		explore_saw(PINGED);
	act_use();
	pools_close();
}

EXPLORE_SCENARIO(ping_against_pause) = {
	.story = "a pool is paused and resumed as its worker is pinged, and a client comes",
	.setup = open_pinged,
	.finish = close_in_service,
	.fibers = { { "pauser", pause_briefly, false }, { "client", act_use_and_see, false } },
	.sights = { [SERVED] = "served", [PINGED] = "pinged meanwhile" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
