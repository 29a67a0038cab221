/* SPDX-License-Identifier: MIT */
/* task_beside_a_faster_client.c: a task that waits has a worker started, if a client takes what became idle. */
#include "tasks.h"

/* One worker, which is held, and there may be another. */
static void open(void)
{
	tasks_open(POOLS_SPEC(.size = 1, .max_overflow = 1));
	act_hold(&act_held);
}

static void hold_until_it_is_told(void)
{
	struct pooltoy_lease lease;

	act_hold(&lease);
	tasks_await();
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
}

EXPLORE_SCENARIO(task_beside_a_faster_client) = {
	.story = "a client takes and keeps what becomes idle, as a task waits in a pool that may "
		 "grow: another is started",
	.setup = open,
	.finish = tasks_await_and_close,
	.fibers = { { "sender", tasks_submit_1, false },
		    { "checkin", tasks_check_in_held, false },
		    { "client", hold_until_it_is_told, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
