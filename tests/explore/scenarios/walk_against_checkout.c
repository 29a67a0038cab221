/* SPDX-License-Identifier: MIT */
/* walk_against_checkout.c: somebody walks the tree while a client takes a worker, uses it, and gives it back. */
#include "pools.h"

enum { IDLE, HELD };

static void open_one_worker(void)
{
	pools_open(POOLS_SPEC(.size = 1));
}

static int look(const struct pooltoy_node *node, void *unused)
{
	(void)unused;
	if (node->type != POOLTOY_NODE_WORKER)
		return 0;
	EXPLORE_CHECK(!node->monitored || node->state == POOLTOY_WORKER_LEASED);
	explore_saw(node->monitored ? HELD : IDLE);
	return 0;
}

static void walk(void)
{
	EXPLORE_CHECK(pooltoy_walk(poolsup, look, NULL) == 0);
}

static void use(void)
{
	EXPLORE_CHECK(pools_double(21, -1) == 0);
}

EXPLORE_SCENARIO(walk_against_checkout) = {
	.story = "a walk tells who holds a worker of those that it says are leased, and of no "
		 "others",
	.setup = open_one_worker,
	.finish = pools_close,
	.fibers = { { "client", use, false }, { "walker", walk, false } },
	.sights = { [IDLE] = "held by nobody", [HELD] = "held" },
	.delays = true,
};
