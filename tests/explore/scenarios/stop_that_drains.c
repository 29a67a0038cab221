/* SPDX-License-Identifier: MIT */
/* stop_that_drains.c: what was accepted is carried to its end, and nobody waits for nothing. */
#include "tasks.h"

static void stop(void)
{
	EXPLORE_CHECK(pooltoy_stop_pool_with(poolio, POOLTOY_STOP_DRAIN, 60000) == 0);
}

static void close(void)
{
	EXPLORE_CHECK(tasks_outcome(1) == 0); /* it was accepted before */
	tasks_see_and_close();
}

static void open(void)
{
	tasks_open_one_and_hold();
	tasks_submit_1();
}

EXPLORE_SCENARIO(stop_that_drains) = {
	.story = "a pool is drained and stopped while its worker is checked in, a task waits, and "
		 "another comes",
	.setup = open,
	.finish = close,
	.fibers = { { "stopper", stop, false },
		    { "holder", tasks_check_in_held, false },
		    { "sender", tasks_submit_2_perhaps, false } },
	/* Stopped: it was let in before the stop began, and came after all had been drained. */
	.sights = { [SERVED] = "served", [STOPPED] = "stopped", [TASKS_REFUSED] = "refused" },
	.delays = true,
};
