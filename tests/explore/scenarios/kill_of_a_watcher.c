/* SPDX-License-Identifier: MIT */
/* kill_of_a_watcher.c: who watches for tasks leaves them to another when it ends. */
#include "tasks.h"

enum { WATCHED = ACT_SIGHTS };

/* The watcher is told of nothing, and then killed. */
static void submit_and_kill(void)
{
	int code;

	tasks_submit_1();
	sync_yield_until(tasks_are_watched() || tasks_have_all_idle());
	if (tasks_are_watched())
		explore_saw(WATCHED);
	tasks_submit_2();
	code = pooltoy_kill_worker(poolio, -1);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ENOENT);
	tasks_await();
}

EXPLORE_SCENARIO(kill_of_a_watcher) = {
	.story = "the worker that watches for tasks is killed, and cannot be replaced at once: the "
		 "other one looks after them",
	.setup = tasks_open_two,
	.finish = tasks_close_after_crash,
	.fibers = { { "sender", submit_and_kill, false } },
	.sights = { [SERVED] = "run", [WATCHED] = "watched" },
	.budget = { .no_threads = 1 },
	.delays = true,
};
