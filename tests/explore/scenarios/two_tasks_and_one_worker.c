/* SPDX-License-Identifier: MIT */
/* two_tasks_and_one_worker.c: the second finds its worker awake, asleep, or on the way. */
#include "tasks.h"

EXPLORE_SCENARIO(two_tasks_and_one_worker) = {
	.story = "two tasks, one worker, which goes to sleep in between or does not",
	.setup = tasks_open_one,
	.finish = tasks_await_and_close,
	.fibers = { { "one", tasks_submit_1, false }, { "other", tasks_submit_2, false } },
	.sights = { [SERVED] = "served" },
	.budget = { .spurious = 1 },
	.delays = true,
};
