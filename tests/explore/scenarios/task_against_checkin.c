/* SPDX-License-Identifier: MIT */
/* task_against_checkin.c: who makes the worker idle sees the task, or its sender the worker. */
#include "tasks.h"

EXPLORE_SCENARIO(task_against_checkin) = {
	.story = "a task comes while a client has the worker, checks it in, or takes it",
	.setup = tasks_open_one,
	.finish = tasks_await_and_close,
	.fibers = { { "client", act_pass, false }, { "sender", tasks_submit_1, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
