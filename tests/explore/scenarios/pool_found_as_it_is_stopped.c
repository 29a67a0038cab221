/* SPDX-License-Identifier: MIT */
/* pool_found_as_it_is_stopped.c: who found it can use what it found. */
#include "pools.h"

enum { NOT_FOUND, FOUND };

static const struct pooltoy_worker_ops plain = POOLTOY_WORKER_OPS(.init = NULL);
static struct pooltoy_pool *twin;

static void open_with_twin(void)
{
	struct pooltoy_pool_spec spec = POOLS_SPEC(.name = "twin", .worker = &plain, .size = 1);

	pools_open(POOLS_SPEC(.size = 1));
	EXPLORE_CHECK(pooltoy_start_pool(poolsup, &spec, &twin) == 0);
}

static void stop_twin(void)
{
	EXPLORE_CHECK(pooltoy_stop_pool(twin, -1) == 0);
	pooltoy_pool_release(twin);
}

static void find_twin(void)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;
	struct pooltoy_pool *found;
	int code = pooltoy_find_pool(poolsup, "twin", &found);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ENOENT);
	explore_saw(code ? NOT_FOUND : FOUND);
	if (code)
		return;
	EXPLORE_CHECK(strcmp(pooltoy_pool_name(found), "twin") == 0);
	EXPLORE_CHECK(pooltoy_pool_status(found, &status) == 0);
	EXPLORE_CHECK(status.instance == 1);
	pooltoy_pool_release(found);
}

EXPLORE_SCENARIO(pool_found_as_it_is_stopped) = {
	.story = "a pool is found by its name while it is stopped and its last handle given back",
	.setup = open_with_twin,
	.finish = pools_close,
	.fibers = { { "finder", find_twin, false }, { "stopper", stop_twin, false } },
	.sights = { [NOT_FOUND] = "not found", [FOUND] = "found" },
	.delays = true,
	.by_chance = 20000, /* a look-up that is overtaken by all of a stop: one in 2,000 */
};
