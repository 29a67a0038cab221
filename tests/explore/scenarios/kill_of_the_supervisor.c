/* SPDX-License-Identifier: MIT */
/* kill_of_the_supervisor.c: its next life restarts the pool whose manager died meanwhile. */
#include "acts.h"

static void close_after_both_kills(void)
{
	sync_yield_until(counts.events[POOLTOY_EVENT_POOL_RESTARTED] == 1);
	act_close_after_kill_of_supervisor();
}

EXPLORE_SCENARIO(kill_of_the_supervisor) = {
	.story = "the supervisor dies as a manager does: its next life restarts the pool",
	.setup = act_open_one,
	.finish = close_after_both_kills,
	.fibers = { { "killer", act_kill_supervisor, false },
		    { "manager's", act_kill_manager, false },
		    { "client", act_use_and_see, false } },
	.sights = { [SERVED] = "served", [STALE] = "stale", [CRASHED] = "crashed" },
	.delays = true,
};
