/* SPDX-License-Identifier: MIT */
/* overflow_nobody_needs.c: a worker that was started for a client that gave up is dismissed by itself. */
#include "pools.h"

#include "pool.h"

enum { SERVED, GAVE_UP, DISMISSED };

static struct pooltoy_lease held;

static void open_and_hold(void)
{
	pools_open(POOLS_SPEC(.size = 1, .max_overflow = 1));
	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &held) == 0);
	pools_granted(&held);
}

static void wait_for_a_moment(void)
{
	int code = pools_double(21, 10);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ETIMEDOUT);
	explore_saw(code ? GAVE_UP : SERVED);
}

/* The other worker stays with its client: no checkin notices that there is one too many. */
static void close_when_it_has_gone(void)
{
	sync_yield_until(counts.inits - counts.terminates == 1 &&
			 figure_load(&poolio->broker.overflow) == 0);
	if (counts.terminates == 1)
		explore_saw(DISMISSED);
	EXPLORE_CHECK(pooltoy_checkin(&held) == 0);
	pools_close();
}

EXPLORE_SCENARIO(overflow_nobody_needs) = {
	.story = "a worker is started for a client that gives up: it goes, though none is checked "
		 "in",
	.setup = open_and_hold,
	.finish = close_when_it_has_gone,
	.fibers = { { "waiter", wait_for_a_moment, false } },
	.sights = { [SERVED] = "served",
		    [GAVE_UP] = "gave up",
		    [DISMISSED] = "the worker was dismissed" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
