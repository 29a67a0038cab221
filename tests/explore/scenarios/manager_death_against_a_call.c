/* SPDX-License-Identifier: MIT */
/* manager_death_against_a_call.c: a checkout, a call and a checkin each have a clear answer. */
#include "acts.h"

static void call(void)
{
	int code;

	act_see(pools_call(&act_held, 21, -1));
	code = pooltoy_checkin(&act_held);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
}

EXPLORE_SCENARIO(manager_death_against_a_call) = {
	.story = "the manager dies in a call: it is answered, stale, or crashed",
	.setup = act_open_and_hold,
	.finish = act_close_whether_restarted_or_not,
	.fibers = { { "caller", call, false } },
	.sights = { [SERVED] = "served",
		    [STALE] = "stale",
		    [CRASHED] = "crashed",
		    [RESTARTED] = "the pool restarted",
		    [UNHURT] = "it did not" },
	.budget = { .manager_deaths = 1 },
	.delays = true,
	.by_chance = 8000,
};
