/* SPDX-License-Identifier: MIT */
/* worker_ends_in_a_task.c: the task is told so, and does not run again. */
#include "tasks.h"

EXPLORE_SCENARIO(worker_ends_in_a_task) = {
	.story = "a worker's thread ends in one of two tasks, or in none",
	.setup = tasks_open_one,
	.finish = tasks_close_after_crash,
	.fibers = { { "one", tasks_submit_1, false }, { "other", tasks_submit_2, false } },
	.sights = { [SERVED] = "run", [CRASHED] = "crashed" },
	.budget = { .worker_deaths = 1 },
	.delays = true,
	.bound = 1,
};
