/* SPDX-License-Identifier: MIT */
/* crash_against_a_waiter.c: a new worker serves who waits. */
#include "acts.h"

EXPLORE_SCENARIO(crash_against_a_waiter) = {
	.story = "a worker breaks in a call while another client waits: a new one serves it",
	.setup = act_open_and_break,
	.finish = act_use_and_close,
	.fibers = { { "one", act_use_and_see, false }, { "other", act_use_and_see, false } },
	.sights = { [CRASHED] = "crashed", [SERVED] = "answered" },
	.delays = true,
};
