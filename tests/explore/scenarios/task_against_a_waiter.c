/* SPDX-License-Identifier: MIT */
/* task_against_a_waiter.c: the one worker serves both, whichever came first. */
#include "tasks.h"

enum { USED = ACT_SIGHTS };

static void wait_for_worker(void)
{
	act_pass();
	explore_saw(USED);
}

EXPLORE_SCENARIO(task_against_a_waiter) = {
	.story = "the worker is checked in while a client waits for it and a task comes",
	.setup = tasks_open_one_and_hold,
	.finish = tasks_await_and_close,
	.fibers = { { "holder", tasks_check_in_held, false },
		    { "waiter", wait_for_worker, false },
		    { "sender", tasks_submit_1, false } },
	.sights = { [SERVED] = "served", [USED] = "used by a client" },
	.delays = true,
};
