/* SPDX-License-Identifier: MIT */
/* kill_of_the_supervisor_against_its_stop.c: it ends once, in whichever life. */
#include "acts.h"

enum { AGAIN = ACT_SIGHTS, AT_ONCE };

static void nothing(void)
{
}

static void kill_and_close(void)
{
	explore_choices(true);
	act_kill_supervisor();
	pools_close();
	explore_saw(counts.events[POOLTOY_EVENT_SUPERVISOR_RESTARTED] ? AGAIN : AT_ONCE);
}

EXPLORE_SCENARIO(kill_of_the_supervisor_against_its_stop) = {
	.story = "the supervisor is killed, and stopped before or after its next life begins",
	.setup = act_open_one,
	.finish = kill_and_close,
	.fibers = { { "nobody", nothing, false } },
	.sights = { [AGAIN] = "it had another life", [AT_ONCE] = "it had none" },
	.delays = true,
};
