/* SPDX-License-Identifier: MIT */
/* watcher_against_a_waiter.c: who watches for tasks leaves them to another when it goes. */
#include "tasks.h"

enum { USED = ACT_SIGHTS, WATCHED };

static void open(void)
{
	tasks_open_two();
	act_hold(&act_held);
}

static void submit_to_a_watcher(void)
{
	tasks_submit_1();
	sync_yield_until(tasks_are_watched() || tasks_outcome(1) == 0);
	if (tasks_are_watched())
		explore_saw(WATCHED);
	tasks_submit_2();
}

/* Keeps its worker until the tasks have been told of. */
static void wait_for_worker_and_tasks(void)
{
	struct pooltoy_lease lease;

	act_hold(&lease);
	tasks_await();
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
	explore_saw(USED);
}

EXPLORE_SCENARIO(watcher_against_a_waiter) = {
	.story = "the worker that watches for tasks goes to a client: another one looks after them",
	.setup = open,
	.finish = tasks_await_and_close,
	.fibers = { { "sender", submit_to_a_watcher, false },
		    { "waiter", wait_for_worker_and_tasks, false },
		    { "holder", tasks_check_in_held, false } },
	.sights = { [SERVED] = "served", [USED] = "used by a client", [WATCHED] = "watched" },
	.delays = true,
};
