/* SPDX-License-Identifier: MIT */
/* cancel_against_a_worker.c: a task is cancelled, or it runs. */
#include "tasks.h"

static void submit_both(void)
{
	tasks_submit_1();
	tasks_submit_2();
}

EXPLORE_SCENARIO(cancel_against_a_worker) = {
	.story = "a task is cancelled around the moment when a worker takes it",
	.setup = tasks_open_one,
	.finish = tasks_close_after_cancel,
	.fibers = { { "sender", submit_both, false }, { "canceller", tasks_cancel_1, false } },
	.sights = { [TASKS_CANCELLED] = "cancelled", [TASKS_TOO_LATE] = "too late" },
	.delays = true,
};
