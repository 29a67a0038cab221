/* SPDX-License-Identifier: MIT */
/* stop_against_a_started_call.c: it is answered, or crashes, or its time is over. */
#include "completions.h"

EXPLORE_SCENARIO(stop_against_a_started_call) = {
	.story = "the pool is stopped while a call runs whose time may be over",
	.setup = completions_open_calling_a_while,
	.finish = completions_see_and_close,
	.fibers = { { "stopper", act_stop, false } },
	.sights = { [CRASHED] = "crashed", [SERVED] = "served", [TIMED_OUT] = "timed out" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
