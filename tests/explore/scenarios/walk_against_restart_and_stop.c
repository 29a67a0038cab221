/* SPDX-License-Identifier: MIT */
/* walk_against_restart_and_stop.c: a walk sees the tree as it changes. */
#include "acts.h"

enum { WALKED = ACT_SIGHTS };

static void kill_worker(void)
{
	int code = pooltoy_kill_worker(poolio, -1);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ENOENT || code == POOLTOY_ESTOPPED);
}

static int visit(const struct pooltoy_node *node, void *argument)
{
	unsigned *nodes = argument;

	EXPLORE_CHECK(explore_holds_no_lock());
	EXPLORE_CHECK(node->depth <= 2);
	++*nodes;
	return 0;
}

static void walk(void)
{
	unsigned nodes = 0;
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;

	EXPLORE_CHECK(pooltoy_walk(poolsup, visit, &nodes) == 0);
	EXPLORE_CHECK(nodes >= 1);
	EXPLORE_CHECK(pooltoy_pool_status(poolio, &status) == 0);
	explore_saw(WALKED);
}

EXPLORE_SCENARIO(walk_against_restart_and_stop) = {
	.story = "the tree is walked while the manager dies and the pool is stopped",
	.setup = act_open_one,
	.finish = pools_close,
	.fibers = { { "walker", walk, false },
		    { "killer", kill_worker, false },
		    { "stopper", act_stop, false } },
	.sights = { [WALKED] = "walked" },
	.delays = true,
};
