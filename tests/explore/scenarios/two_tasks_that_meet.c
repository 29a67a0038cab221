/* SPDX-License-Identifier: MIT */
/* two_tasks_that_meet.c: as many workers as there are tasks. */
#include "tasks.h"

static void open(void)
{
	tasks_open_two();
	behaviour.calls_meet = 2;
}

EXPLORE_SCENARIO(two_tasks_that_meet) = {
	.story = "neither of two tasks ends before both have begun: so each gets a worker",
	.setup = open,
	.finish = tasks_await_and_close,
	.fibers = { { "one", tasks_submit_1, false }, { "other", tasks_submit_2, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
