/* SPDX-License-Identifier: MIT */
/* manager_death_against_tasks.c: tasks that wait survive their manager. */
#include "tasks.h"

static void open(void)
{
	tasks_open_one_and_hold();
	tasks_submit_1();
}

static void close(void)
{
	tasks_await();
	EXPLORE_CHECK(tasks_outcome(1) == 0 && tasks_outcome(2) == 0);
	tasks_see_and_close();
}

EXPLORE_SCENARIO(manager_death_against_tasks) = {
	.story = "the manager dies while a task waits and another comes: the next runs both",
	.setup = open,
	.finish = close,
	.fibers = { { "sender", tasks_submit_2, false },
		    { "killer", act_kill_manager, false },
		    { "holder", tasks_check_in_held_if_it_lives, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
