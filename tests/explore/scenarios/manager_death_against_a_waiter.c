/* SPDX-License-Identifier: MIT */
/* manager_death_against_a_waiter.c: it goes on waiting, and is served. */
#include "acts.h"

EXPLORE_SCENARIO(manager_death_against_a_waiter) = {
	.story = "the manager dies while a client waits: it goes on waiting, and is served",
	.setup = act_open_and_hold,
	.finish = act_close_whether_restarted_or_not,
	.fibers = { { "holder", act_check_in_held, false }, { "waiter", act_pass, false } },
	.sights = { [SERVED] = "checked in",
		    [STALE] = "stale",
		    [RESTARTED] = "the pool restarted",
		    [UNHURT] = "it did not" },
	.budget = { .manager_deaths = 1 },
	.delays = true,
	.by_chance = 8000,
};
