/* SPDX-License-Identifier: MIT */
/* failure_against_tasks.c: tasks that wait do not outlive their pool. */
#include "tasks.h"

/* The next death of its manager is its end. */
static void open(void)
{
	tasks_open(
		POOLS_SPEC(.size = 1, .max_restarts = POOLTOY_NONE, .give_up_after = POOLTOY_NONE));
	act_hold(&act_held);
	tasks_submit_1();
}

EXPLORE_SCENARIO(failure_against_tasks) = {
	.story = "the pool fails while a task waits, another comes, and the worker comes free",
	.setup = open,
	.finish = tasks_await_and_close,
	.fibers = { { "sender", tasks_submit_2_perhaps, false },
		    { "killer", act_kill_manager, false },
		    { "holder", tasks_check_in_held_if_it_lives, false } },
	.sights = { [SERVED] = "run", [FAILED] = "failed", [TASKS_REFUSED] = "refused" },
	.delays = true,
};
