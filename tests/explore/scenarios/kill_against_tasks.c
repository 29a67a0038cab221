/* SPDX-License-Identifier: MIT */
/* kill_against_tasks.c: what a worker has not begun as it is killed is left to the next. */
#include "tasks.h"

EXPLORE_SCENARIO(kill_against_tasks) = {
	.story = "the worker is killed as it serves tasks, looks for more, or goes to sleep",
	.setup = tasks_open_one,
	.finish = tasks_close_after_crash,
	.fibers = { { "one", tasks_submit_1, false },
		    { "other", tasks_submit_2, false },
		    { "killer", act_kill_worker, false } },
	.sights = { [SERVED] = "run" },
	.delays = true,
};
