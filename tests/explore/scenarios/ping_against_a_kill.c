/* SPDX-License-Identifier: MIT */
/* ping_against_a_kill.c: a worker is killed as it is taken for a ping, or in it. */
#include "acts.h"

enum { PINGED = ACT_SIGHTS, UNPINGED };

static void open_pinged(void)
{
	pools_open(POOLS_SPEC(.size = 1, .ping_interval = 1));
}

static void close_after_the_kill(void)
{
	explore_saw(counts.pings > 0 ? PINGED : UNPINGED);
	act_serve();
	pools_close();
}

EXPLORE_SCENARIO(ping_against_a_kill) = {
	.story = "a worker is killed beside its ping: another serves, and is pinged in its turn",
	.setup = open_pinged,
	.finish = close_after_the_kill,
	.fibers = { { "killer", act_kill_worker, false }, { "killer 2", act_kill_worker, false } },
	.sights = { [PINGED] = "pinged", [UNPINGED] = "not pinged" },
	.budget = { .timeouts = 2 },
	.delays = true,
};
