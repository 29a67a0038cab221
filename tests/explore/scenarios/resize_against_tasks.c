/* SPDX-License-Identifier: MIT */
/* resize_against_tasks.c: a pool is to have one worker less while both serve tasks. */
#include "overflow.h"
#include "pool.h"
#include "tasks.h"

static void shrink(void)
{
	EXPLORE_CHECK(pooltoy_pool_resize(poolio, 1, 0) == 0);
}

static void submit_both(void)
{
	tasks_submit_1();
	tasks_submit_2();
}

static void close_with_one(void)
{
	tasks_await();
	sync_yield_until(overflow_alive() == 1 && figure_load(&poolio->broker.overflow) == 0);
	tasks_see_and_close();
}

EXPLORE_SCENARIO(resize_against_tasks) = {
	.story = "a pool is to have one worker less while both serve tasks: one goes, and both "
		 "tasks are run",
	.setup = tasks_open_two,
	.finish = close_with_one,
	.fibers = { { "shrinks", shrink, false }, { "submits", submit_both, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
	.bound = 1,
};
