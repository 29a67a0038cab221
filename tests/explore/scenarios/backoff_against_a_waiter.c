/* SPDX-License-Identifier: MIT */
/* backoff_against_a_waiter.c: it goes on waiting, and is served when the pool is. */
#include "acts.h"

enum { STARTING = ACT_SIGHTS };

/* Not given up before long: the client does not notice, but that it takes a while. */
static void open_patient(void)
{
	pools_open(POOLS_SPEC(.size = 1, .max_restarts = POOLTOY_NONE));
}

static void wait_through_backoff(void)
{
	act_pass();
	explore_saw(SERVED);
}

static void try_in_backoff(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(poolio, 0, &lease);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_EFULL || code == POOLTOY_ESTARTING);
	if (code == POOLTOY_ESTARTING)
		explore_saw(STARTING);
}

static void close_after_backoff(void)
{
	sync_yield_until(counts.events[POOLTOY_EVENT_POOL_BACKOFF] == 1);
	wait_through_backoff();
	pools_close();
}

EXPLORE_SCENARIO(backoff_against_a_waiter) = {
	.story = "a pool goes to backoff while a client waits: it goes on waiting, and is served",
	.setup = open_patient,
	.finish = close_after_backoff,
	.fibers = { { "killer", act_kill_manager_if_up, false },
		    { "client", wait_through_backoff, false },
		    { "tries", try_in_backoff, false } },
	.sights = { [SERVED] = "served", [STARTING] = "tried in vain" },
	.delays = true,
};
