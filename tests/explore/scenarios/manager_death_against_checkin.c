/* SPDX-License-Identifier: MIT */
/* manager_death_against_checkin.c: the lease ends by the one or the other. */
#include "acts.h"

EXPLORE_SCENARIO(manager_death_against_checkin) = {
	.story = "the manager dies as a client checks in: the lease ends by the one or the other",
	.setup = act_open_and_hold,
	.finish = act_close_whether_restarted_or_not,
	.fibers = { { "holder", act_check_in_held, false } },
	.budget = { .manager_deaths = 1 },
	.sights = { [SERVED] = "checked in",
		    [STALE] = "stale",
		    [RESTARTED] = "the pool restarted",
		    [UNHURT] = "it did not" },
	.delays = true,
	.by_chance = 8000,
};
