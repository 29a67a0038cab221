/* SPDX-License-Identifier: MIT */
/* stop_against_tasks.c: tasks that wait are told of the end of their pool before the stop is over. */
#include "tasks.h"

static void open(void)
{
	tasks_open_one_and_hold();
	tasks_submit_1();
}

static void stop_pool(void)
{
	act_stop();
	EXPLORE_CHECK(tasks_outcome(1) != TASKS_NOT_TOLD);
}

EXPLORE_SCENARIO(stop_against_tasks) = {
	.story = "the pool is stopped while a task waits, another comes, and the worker comes free",
	.setup = open,
	.finish = tasks_see_and_close,
	.fibers = { { "sender", tasks_submit_2_perhaps, false },
		    { "stopper", stop_pool, false },
		    { "holder", tasks_check_in_held_if_it_lives, false } },
	.sights = { [SERVED] = "run", [STOPPED] = "stopped", [TASKS_REFUSED] = "refused" },
	.delays = true,
};
