/* SPDX-License-Identifier: MIT */
/* overflow_expires_against_a_client.c: overflow that lingers has been idle for too long, just as clients come. */
#include "overflow.h"
#include "worker.h"

enum { TTL = 1000000 /* ns */ };

/* The first is used by one of two clients at least; the other is idle, and its time will be over. */
static void open_with_idle_overflow(void)
{
	struct pooltoy_lease lease;

	pools_open(POOLS_SPEC(.size = 1, .max_overflow = 1, .overflow_ttl = 1));
	act_hold(&act_held);
	act_hold(&lease);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
	sync_yield_until(poolio->elasticity.look_at == worker_at(poolio, 1)->seen_idle_since + TTL);
}

EXPLORE_SCENARIO(overflow_expires_against_a_client) = {
	.story = "overflow goes since it was idle for too long, just as a client comes for it, and "
		 "a worker "
		 "back: the size stays up, and the client is served",
	.setup = open_with_idle_overflow,
	.law = overflow_size_is_up,
	.finish = overflow_close,
	.fibers = { { "holder", act_check_in_held, false }, { "client", act_use, false } },
	.sights = { [SERVED] = "checked in" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
