/* SPDX-License-Identifier: MIT */
/* trial_of_a_start.c: a start that is tried out first has its answer, whichever thread dies or is lacking. */
#include "acts.h"

#include <errno.h>

enum { ANOTHER = ACT_SIGHTS, REFUSED, NO_THREAD };

static void start_placed(void)
{
	static const struct pooltoy_worker_ops plain = POOLTOY_WORKER_OPS(.init = NULL);
	struct pooltoy_pool_spec spec =
		POOLS_SPEC(.name = "pooly", .size = 1, .scheduling = POOLTOY_SCHED_IDLE);
	struct pooltoy_pool *pooly;
	int code;

	spec.worker = &plain;
	code = pooltoy_start_pool(poolsup, &spec, &pooly);
	if (code == 0) {
		struct pooltoy_lease lease;

		EXPLORE_CHECK(explore_placement == 0);
		explore_saw(ANOTHER);
		EXPLORE_CHECK(pooltoy_checkout(pooly, -1, &lease) == 0);
		EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
		pooltoy_pool_release(pooly);
		return;
	}
	EXPLORE_CHECK(code == POOLTOY_EAGAIN ||
		      (code == POOLTOY_EPERM && explore_placement == EPERM));
	EXPLORE_CHECK(pooltoy_find_pool(poolsup, "pooly", &pooly) == POOLTOY_ENOENT);
	explore_saw(code == POOLTOY_EPERM ? REFUSED : NO_THREAD);
}

static void open_permitted(void)
{
	explore_placement = 0;
	act_open_one();
}

static void open_refused(void)
{
	explore_placement = EPERM;
	act_open_one();
}

EXPLORE_SCENARIO(trial_against_a_kill_of_the_supervisor) = {
	.story = "a pool is tried out and started while the supervisor dies, or no thread is to be "
		 "had",
	.setup = open_permitted,
	.finish = pools_close,
	.fibers = { { "killer", act_kill_supervisor, false }, { "starter", start_placed, false } },
	.sights = { [ANOTHER] = "it was started", [NO_THREAD] = "no thread" },
	.budget = { .no_threads = 1 },
	.delays = true,
};

EXPLORE_SCENARIO(trial_that_is_refused) = {
	.story =
		"a pool asks for what it may not have while the supervisor dies: the start says so",
	.setup = open_refused,
	.finish = pools_close,
	.fibers = { { "killer", act_kill_supervisor, false }, { "starter", start_placed, false } },
	.sights = { [REFUSED] = "refused" },
	.delays = true,
};
