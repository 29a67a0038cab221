/* SPDX-License-Identifier: MIT */
/* two_starts_of_one_name.c: one gets it, or one after the other. */
#include "acts.h"

enum { EXISTS = ACT_SIGHTS };

static const struct pooltoy_worker_ops plain = POOLTOY_WORKER_OPS(.init = NULL);
static unsigned twins_started;

static void start_twin(void)
{
	struct pooltoy_pool *twin;
	struct pooltoy_pool_spec spec = POOLS_SPEC(.name = "twin", .worker = &plain, .size = 1);
	int code = pooltoy_start_pool(poolsup, &spec, &twin);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_EEXIST);
	if (code) {
		explore_saw(EXISTS);
		return;
	}
	twins_started++;
	act_pass();
	explore_saw(SERVED);
	code = pooltoy_stop_pool(twin, -1);
	EXPLORE_CHECK(code == 0);
	pooltoy_pool_release(twin);
}

static void open_for_twins(void)
{
	twins_started = 0;
	act_open_one();
}

static void close_twins(void)
{
	EXPLORE_CHECK(twins_started >= 1);
	pools_close();
}

EXPLORE_SCENARIO(two_starts_of_one_name) = {
	.story = "two pools of one name are started and stopped: one gets it, or one after the "
		 "other",
	.setup = open_for_twins,
	.finish = close_twins,
	.fibers = { { "one", start_twin, false }, { "other", start_twin, false } },
	.sights = { [SERVED] = "served", [EXISTS] = "the name was taken" },
	.delays = true,
};
