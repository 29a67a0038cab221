/* SPDX-License-Identifier: MIT */
/* overflow_for_a_client_and_a_task.c: the task has a worker as the manager counts it as the client's, too. */
#include "tasks.h"

/* Neither is done before the other has a worker, too. */
static void open(void)
{
	tasks_open(POOLS_SPEC(.size = 0, .max_overflow = 2, .max_starting = 1));
	behaviour.calls_meet = 2;
}

EXPLORE_SCENARIO(overflow_for_a_client_and_a_task) = {
	.story = "a client and a task wait, one worker after the other is started: each has one, "
		 "though neither gives back",
	.setup = open,
	.finish = tasks_await_and_close,
	.fibers = { { "client", act_use_and_see, false }, { "sender", tasks_submit_1, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
