/* SPDX-License-Identifier: MIT */
/* task_against_checkin_in_strict_order.c: who makes the worker idle sees the task, in a list, too. */
#include "tasks.h"

static void open(void)
{
	tasks_open(POOLS_SPEC(.size = 1, .strategy = POOLTOY_LIFO));
}

EXPLORE_SCENARIO(task_against_checkin_in_strict_order) = {
	.story = "a task comes around a checkin, where idle workers stand in a list",
	.setup = open,
	.finish = tasks_await_and_close,
	.fibers = { { "client", act_pass, false }, { "sender", tasks_submit_1, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
