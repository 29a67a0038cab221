/* SPDX-License-Identifier: MIT */
/* tasks_start_overflow.c: tasks that wait have workers started, as clients have. */
#include "overflow.h"
#include "tasks.h"

static void open(void)
{
	tasks_open(POOLS_SPEC(.size = 0, .max_overflow = 1));
}

/* Nobody needs the worker any more. */
static void close(void)
{
	tasks_await();
	sync_yield_until(overflow_alive() == 0);
	tasks_see_and_close();
}

EXPLORE_SCENARIO(tasks_start_overflow) = {
	.story = "a pool that is all overflow: tasks have a worker started, which then goes",
	.setup = open,
	.finish = close,
	.fibers = { { "one", tasks_submit_1, false }, { "other", tasks_submit_2, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
	.bound = 1,
};
