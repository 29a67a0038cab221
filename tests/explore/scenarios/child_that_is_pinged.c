/* SPDX-License-Identifier: MIT */
/* child_that_is_pinged.c: a child is pinged between its callers, and hangs the first time. */
#include "children.h"

#include "pool.h"

static void open_pinged(void)
{
	children_open_with(CHILDREN_PING_WAITS, true,
			   POOLS_SPEC(.ping_interval = 1, .ping_timeout = 1));
}

static void close_after_pings(void)
{
	sync_yield_until(children.pings > 1);
	children_serve_and_close();
}

EXPLORE_SCENARIO(child_that_is_pinged) = {
	.story = "a child's ping lasts until it is interrupted, beside a client, who is served",
	.setup = open_pinged,
	.finish = close_after_pings,
	.fibers = { { "client", act_use_and_see, false } },
	.sights = { [SERVED] = "served" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
