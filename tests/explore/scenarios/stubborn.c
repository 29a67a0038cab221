/* SPDX-License-Identifier: MIT */
/* stubborn.c: user code that does not come back. */
#include "stubborn.h"

static bool told_to_return;
static struct pooltoy_pool *for_caller;

static int be_stuck(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	(void)self;
	(void)state;
	(void)request;
	(void)length;
	sync_yield_until(told_to_return);
	explore_saw(RETURNED);
	return 0;
}

static int stuck_init(struct pooltoy_worker *self, void *argument, void **state)
{
	(void)self;
	(void)argument;
	*state = &told_to_return;
	counts.inits++;
	return 0;
}

static void stuck_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	(void)self;
	(void)reason;
	EXPLORE_CHECK(state == &told_to_return);
	counts.terminates++;
}

static const struct pooltoy_worker_ops stubborn =
	POOLTOY_WORKER_OPS(.init = stuck_init, .handle_call = be_stuck,
			   .terminate = stuck_terminate);

void stubborn_open_with(struct pooltoy_pool_spec spec)
{
	told_to_return = false;
	pools_open_with(&stubborn, spec);
	for_caller = pooltoy_pool_retain(poolio);
}

void stubborn_open(void)
{
	stubborn_open_with(POOLS_SPEC(.size = 1));
}

void stubborn_call(void)
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

void stubborn_stopped(int code)
{
	EXPLORE_CHECK(code == 0 || code == POOLTOY_EQUARANTINED);
	explore_saw(code ? QUARANTINED : IN_TIME);
	stubborn_release();
}

void stubborn_release(void)
{
	told_to_return = true;
}

bool stubborn_is_back(void)
{
	return counts.terminates == counts.inits;
}
