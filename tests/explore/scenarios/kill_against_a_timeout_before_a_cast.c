/* SPDX-License-Identifier: MIT */
/* kill_against_a_timeout_before_a_cast.c: what the caller meant to interrupt is over, what the kill means is not. */
#include "acts.h"

enum { CAST_INTERRUPTED = ACT_SIGHTS };

static struct pooltoy_lease lease;
static bool interrupted;

static int call_then_cast(struct pooltoy_worker *self, void *state, const void *request,
			  size_t length)
{
	int code = pooltoy_cast(&lease, NULL, 0);

	(void)self;
	(void)state;
	(void)request;
	(void)length;
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
	return 0;
}

static int cast_until_the_end(struct pooltoy_worker *self, void *state, const void *message,
			      size_t length)
{
	(void)state;
	(void)message;
	(void)length;
	(void)pooltoy_kill_worker(poolio, 0); /* or its pool is being stopped by now */
	do {                                  /* until it finds that it was meant */
		sync_yield_until(interrupted);
		interrupted = false;
	} while (!pooltoy_worker_stopping(self));
	explore_saw(CAST_INTERRUPTED);
	return 0;
}

static void interrupt(struct pooltoy_worker *self, void *state)
{
	(void)self;
	(void)state;
	SYNC_POINT("interrupt", &interrupted);
	interrupted = true;
}

static const struct pooltoy_worker_ops slow =
	POOLTOY_WORKER_OPS(.handle_call = call_then_cast, .handle_cast = cast_until_the_end,
			   .interrupt = interrupt);

static void open_slow_casts(void)
{
	interrupted = false;
	pools_open_with(&slow, POOLS_SPEC(.size = 1));
	act_hold(&lease);
}

static void call_and_give_up(void)
{
	act_see(pooltoy_call(&lease, NULL, 0, NULL, NULL, 10));
}

static void close_with_nobody_stuck(void)
{
	pools_close();
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_WORKER_QUARANTINED] == 0);
}

EXPLORE_SCENARIO(kill_against_a_timeout_before_a_cast) = {
	.story = "a worker is killed as a caller gives up its call and a slow cast begins: that is "
		 "interrupted",
	.setup = open_slow_casts,
	.finish = close_with_nobody_stuck,
	.fibers = { { "caller", call_and_give_up, false } },
	.sights = { [SERVED] = "answered",
		    [TIMED_OUT] = "timed out",
		    [CAST_INTERRUPTED] = "the cast was interrupted" },
	.budget = { .timeouts = 1 },
	.delays = true,
	.cap = 120000,
	.by_chance = 120000, /* it takes three delays at least, that one in 45,000 has */
};
