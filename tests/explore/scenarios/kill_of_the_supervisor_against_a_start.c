/* SPDX-License-Identifier: MIT */
/* kill_of_the_supervisor_against_a_start.c: its next life starts the pool. */
#include "acts.h"

static struct pooltoy_pool *pooly;

static void start_another(void)
{
	struct pooltoy_pool_spec spec = POOLS_SPEC(.name = "pooly", .size = 1);
	static const struct pooltoy_worker_ops plain = POOLTOY_WORKER_OPS(.init = NULL);

	spec.worker = &plain;
	EXPLORE_CHECK(pooltoy_start_pool(poolsup, &spec, &pooly) == 0);
}

static void close_both(void)
{
	struct pooltoy_lease lease;

	EXPLORE_CHECK(pooltoy_checkout(pooly, -1, &lease) == 0);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
	explore_saw(SERVED);
	act_close_after_kill_of_supervisor();
	EXPLORE_CHECK(pooltoy_checkout(pooly, -1, &lease) == POOLTOY_ESTOPPED);
	pooltoy_pool_release(pooly);
}

EXPLORE_SCENARIO(kill_of_the_supervisor_against_a_start) = {
	.story = "a pool is started while the supervisor dies: its next life starts it",
	.setup = act_open_one,
	.finish = close_both,
	.fibers = { { "killer", act_kill_supervisor, false }, { "starter", start_another, false } },
	.sights = { [SERVED] = "both pools serve" },
	.delays = true,
};
