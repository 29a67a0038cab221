/* SPDX-License-Identifier: MIT */
/* waiting_task_against_waiters.c: a task and two clients in turn, though one of these gives up. */
#include "tasks.h"

enum { USED = ACT_SIGHTS, GAVE_UP };

static void open(void)
{
	tasks_open_one_and_hold();
	tasks_submit_1();
}

static void wait_for_worker(void)
{
	act_pass();
	explore_saw(USED);
}

static void wait_for_a_while(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(poolio, 1, &lease);

	if (code) {
		EXPLORE_CHECK(code == POOLTOY_ETIMEDOUT);
		explore_saw(GAVE_UP);
		return;
	}
	pools_granted(&lease);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
}

EXPLORE_SCENARIO(waiting_task_against_waiters) = {
	.story = "a task waits already; two clients come, and one of them gives up",
	.setup = open,
	.finish = tasks_await_and_close,
	.fibers = { { "holder", tasks_check_in_held, false },
		    { "waiter", wait_for_worker, false },
		    { "other", wait_for_a_while, false } },
	.sights = { [SERVED] = "served", [USED] = "used by a client", [GAVE_UP] = "gave up" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
