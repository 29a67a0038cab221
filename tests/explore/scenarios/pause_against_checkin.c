/* SPDX-License-Identifier: MIT */
/* pause_against_checkin.c: what comes free in a pause is nobody's until its end. */
#include "pause.h"

EXPLORE_SCENARIO(pause_against_checkin) = {
	.story = "the only worker is checked in while a client waits and its pool is paused, and "
		 "resumed",
	.setup = act_open_and_hold,
	.finish = pause_close,
	.fibers = { { "pauser", pause_and_resume, false },
		    { "holder", act_check_in_held, false },
		    { "waiter", act_pass, false } },
	.sights = { [SERVED] = "checked in" },
	.delays = true,
};
