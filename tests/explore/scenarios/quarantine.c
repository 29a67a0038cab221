/* SPDX-License-Identifier: MIT */
/* quarantine.c: user code that does not come back, a stop that does not wait for it, its return. */
#include "pools.h"

enum { QUARANTINED, STOPPED, RETURNED };

static bool stuck, told_to_return;
static unsigned terminated;
static struct pooltoy_pool *for_caller; /* its own handle: the stopper gives its one back */

static int be_stuck(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	(void)self;
	(void)state;
	(void)request;
	(void)length;
	stuck = true;
	sync_yield_until(told_to_return);
	explore_saw(RETURNED);
	return 0;
}

static int stuck_init(struct pooltoy_worker *self, void *argument, void **state)
{
	(void)self;
	(void)argument;
	*state = &stuck;
	counts.inits++;
	return 0;
}

static void stuck_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	(void)self;
	(void)reason;
	EXPLORE_CHECK(state == &stuck);
	terminated++;
	counts.terminates++;
}

static const struct pooltoy_worker_ops stubborn =
	POOLTOY_WORKER_OPS(.init = stuck_init, .handle_call = be_stuck,
			   .terminate = stuck_terminate);

static void open_stubborn(void)
{
	stuck = told_to_return = false;
	terminated = 0;
	pools_open_with(&stubborn, POOLS_SPEC(.size = 1));
	for_caller = pooltoy_pool_retain(poolio);
}

static void call_in_vain(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(for_caller, -1, &lease);

	pooltoy_pool_release(for_caller);
	if (code) {
		EXPLORE_CHECK(code == POOLTOY_ESTOPPED);
		return;
	}
	code = pooltoy_call(&lease, NULL, 0, NULL, NULL, 100);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ETIMEDOUT || code == POOLTOY_ECRASHED ||
		      code == POOLTOY_ESTALE);
}

static void stop_impatiently(void)
{
	int code = pooltoy_stop_pool(poolio, 10);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_EQUARANTINED);
	explore_saw(code ? QUARANTINED : STOPPED);
	told_to_return = true;
}

static void close_when_all_are_back(void)
{
	sync_yield_until(terminated == counts.inits);
	pools_close();
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_WORKER_QUARANTINED] <= 1);
}

EXPLORE_SCENARIO(stop_of_a_pool_with_a_stuck_worker) = {
	.story =
		"a handler does not return: the stop says so, and all is freed when it does return",
	.setup = open_stubborn,
	.finish = close_when_all_are_back,
	.fibers = { { "caller", call_in_vain, false }, { "stopper", stop_impatiently, false } },
	.sights = { [QUARANTINED] = "quarantined", [STOPPED] = "stopped", [RETURNED] = "returned" },
	.delays = true,
};

/* The supervisor goes, and the stuck worker comes back later, to nobody. */

static void stop_all(void)
{
	int code = pooltoy_supervisor_stop(poolsup, 10);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_EQUARANTINED);
	explore_saw(code ? QUARANTINED : STOPPED);
	explore_laws(NULL, NULL); /* the pool may go at any time */
	pooltoy_pool_release(poolio);
	told_to_return = true;
}

static void all_is_back(void)
{
	sync_yield_until(terminated == counts.inits && counts.releases == 1);
}

EXPLORE_SCENARIO(stop_of_a_supervisor_with_a_stuck_worker) = {
	.story = "a supervisor is stopped and gone before the last worker returns from user code",
	.setup = open_stubborn,
	.finish = all_is_back,
	.fibers = { { "caller", call_in_vain, false }, { "stopper", stop_all, false } },
	.sights = { [QUARANTINED] = "quarantined", [STOPPED] = "stopped", [RETURNED] = "returned" },
	.delays = true,
};
