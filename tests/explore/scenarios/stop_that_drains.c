/* SPDX-License-Identifier: MIT */
/* stop_that_drains.c: what was accepted is carried to its end, and nobody waits for nothing. */
#include "tasks.h"

static void stop(void)
{
	EXPLORE_CHECK(pooltoy_stop_pool_with(poolio, POOLTOY_STOP_DRAIN, 60000) == 0);
}

/*
 * What was accepted before is served. The other may be told that its pool has stopped: let in before the stop
 * began, it may come after all has been drained. In one schedule of ten thousand.
 */
static void close(void)
{
	int code = tasks_outcome(2);

	EXPLORE_CHECK(tasks_outcome(1) == 0);
	EXPLORE_CHECK(code == TASKS_NOT_TOLD || code == 0 || code == POOLTOY_ESTOPPED);
	explore_saw(code == TASKS_NOT_TOLD ? TASKS_REFUSED : SERVED);
	tasks_close();
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
	.sights = { [SERVED] = "the other is let in", [TASKS_REFUSED] = "it is refused" },
	.delays = true,
};
