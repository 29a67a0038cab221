/* SPDX-License-Identifier: MIT */
/* any_thread_of_the_library_dies.c: a worker, the manager and the supervisor, all in one life. */
#include "acts.h"

enum { SUCCEEDED = ACT_SIGHTS, REPLACED };

static void close(void)
{
	act_serve();
	if (counts.events[POOLTOY_EVENT_SUPERVISOR_RESTARTED] > 0)
		explore_saw(SUCCEEDED);
	if (counts.events[POOLTOY_EVENT_WORKER_DIED] > 0)
		explore_saw(REPLACED);
	act_close_whether_restarted_or_not();
}

EXPLORE_SCENARIO(any_thread_of_the_library_dies) = {
	.story = "a worker, the manager and the supervisor die under a client, each where it may",
	.setup = act_open_one,
	.finish = close,
	.fibers = { { "client", act_use_and_see, false } },
	.sights = { [SERVED] = "served",
		    [STALE] = "stale",
		    [CRASHED] = "crashed",
		    [RESTARTED] = "the pool restarted",
		    [UNHURT] = "it did not",
		    [SUCCEEDED] = "the supervisor had another life",
		    [REPLACED] = "a worker was replaced" },
	.budget = { .worker_deaths = 1, .manager_deaths = 1, .supervisor_deaths = 1 },
	.delays = true,
	.bound = EXPLORE_NO_PREEMPTIONS,
};
