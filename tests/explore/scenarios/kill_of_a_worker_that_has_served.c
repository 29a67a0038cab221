/* SPDX-License-Identifier: MIT */
/* kill_of_a_worker_that_has_served.c: whatever it does just then, another starts at once. */
#include "acts.h"

#include "pool.h"

static void open_and_serve(void)
{
	act_open_one();
	act_use();
}

static void close_without_a_backoff(void)
{
	EXPLORE_CHECK(!poolio->crew.start_backoff.in_row);
	act_serve_and_close();
}

EXPLORE_SCENARIO(kill_of_a_worker_that_has_served) = {
	.story = "a worker that has completed a lease is killed beside its next one: another "
		 "starts at once",
	.setup = open_and_serve,
	.finish = close_without_a_backoff,
	.fibers = { { "client", act_use_and_see, false }, { "killer", act_kill_worker, false } },
	.sights = { [SERVED] = "answered", [STALE] = "stale", [CRASHED] = "crashed" },
	.delays = true,
};
