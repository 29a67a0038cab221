/* SPDX-License-Identifier: MIT */
/* worker_breaks_in_a_task.c: the task is told so, and does not run again. */
#include "tasks.h"

static void open(void)
{
	tasks_open_one();
	behaviour.break_in_call = 1;
}

EXPLORE_SCENARIO(worker_breaks_in_a_task) = {
	.story = "a worker breaks in one of two tasks: the other is run by the next",
	.setup = open,
	.finish = tasks_close_after_crash,
	.fibers = { { "one", tasks_submit_1, false }, { "other", tasks_submit_2, false } },
	.sights = { [SERVED] = "run", [CRASHED] = "crashed" },
	.delays = true,
	.bound = 1,
};
