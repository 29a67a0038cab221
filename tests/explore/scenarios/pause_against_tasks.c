/* SPDX-License-Identifier: MIT */
/* pause_against_tasks.c: a task that waits for the end of a pause is run then. */
#include "pause.h"
#include "tasks.h"

EXPLORE_SCENARIO(pause_against_tasks) = {
	.story = "tasks are submitted while their pool is paused, and resumed",
	.setup = tasks_open_one,
	.finish = tasks_await_and_close,
	.fibers = { { "pauser", pause_briefly, false },
		    { "sender", tasks_submit_1, false },
		    { "another", tasks_submit_2, false } },
	.sights = { [SERVED] = "run" },
	.delays = true,
};
