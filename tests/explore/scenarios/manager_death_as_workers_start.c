/* SPDX-License-Identifier: MIT */
/* manager_death_as_workers_start.c: the next manager goes on where it ended. */
#include "acts.h"

static void start_without_waiting(void)
{
	pools_open(POOLS_SPEC(.size = 0, .max_overflow = 2));
}

EXPLORE_SCENARIO(manager_death_as_workers_start) = {
	.story = "the manager dies, perhaps twice, while a worker is being started for a client",
	.setup = start_without_waiting,
	.finish = act_serve_and_close,
	.fibers = { { "client", act_use_and_see, false },
		    { "killer", act_kill_manager, false },
		    { "another", act_kill_manager, false } },
	.sights = { [SERVED] = "served", [STALE] = "stale", [CRASHED] = "crashed" },
	.delays = true,
};
