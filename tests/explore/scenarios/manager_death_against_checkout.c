/* SPDX-License-Identifier: MIT */
/* manager_death_against_checkout.c: who comes meanwhile gets a worker, of the old life or the new. */
#include "acts.h"

EXPLORE_SCENARIO(manager_death_against_checkout) = {
	.story = "the manager dies as a client checks out: it is served all the same",
	.setup = act_open_one,
	.finish = act_close_whether_restarted_or_not,
	.fibers = { { "one", act_pass, false }, { "other", act_use_and_see, false } },
	.sights = { [SERVED] = "served",
		    [STALE] = "stale",
		    [CRASHED] = "crashed",
		    [RESTARTED] = "the pool restarted",
		    [UNHURT] = "it did not" },
	.budget = { .manager_deaths = 1 },
	.delays = true,
};
