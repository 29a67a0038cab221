/* SPDX-License-Identifier: MIT */
/* worker_ends_in_its_handler.c: its caller hears of it, whatever the manager does. */
#include "acts.h"

EXPLORE_SCENARIO(worker_ends_in_its_handler) = {
	.story = "a worker's thread ends inside its handler, as the manager dies or not",
	.setup = act_open_one,
	.finish = act_serve_and_close,
	.fibers = { { "client", act_use_and_see, false }, { "killer", act_kill_manager, false } },
	.sights = { [SERVED] = "served", [CRASHED] = "crashed", [STALE] = "stale" },
	.budget = { .worker_deaths = 1 },
	.delays = true,
};
