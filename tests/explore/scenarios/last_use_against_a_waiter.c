/* SPDX-License-Identifier: MIT */
/* last_use_against_a_waiter.c: who waits for a worker that is used up gets the next one. */
#include "acts.h"
#include "laws.h"

#include "pool.h"

static void open_used_once(void)
{
	pools_open(POOLS_SPEC(.size = 1, .max_uses = 1));
}

static void close_after_each_use(void)
{
	enum { USES = 3 };

	act_use_and_close();
	EXPLORE_CHECK(counts.inits == USES || counts.inits == USES + 1);
	EXPLORE_CHECK(laws_account()->vacated[SLOT_RETIRED] == USES);
	EXPLORE_CHECK(!poolio->crew.start_backoff.in_row);
}

EXPLORE_SCENARIO(last_use_against_a_waiter) = {
	.story = "two clients and a worker that may be used once: each has one of its own",
	.setup = open_used_once,
	.finish = close_after_each_use,
	.fibers = { { "client", act_use_and_see, false }, { "other", act_use_and_see, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
