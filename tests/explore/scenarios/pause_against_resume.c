/* SPDX-License-Identifier: MIT */
/* pause_against_resume.c: the last of the two holds, for every worker. */
#include "pause.h"

EXPLORE_SCENARIO(pause_against_resume) = {
	.story = "two threads pause a pool, and one of them resumes, while its worker is checked "
		 "in",
	.setup = act_open_and_hold,
	.finish = pause_close,
	.fibers = { { "pauser", pause_once, false },
		    { "resumer", pause_briefly, false },
		    { "holder", act_check_in_held, false } },
	.sights = { [SERVED] = "checked in" },
	.delays = true,
};
