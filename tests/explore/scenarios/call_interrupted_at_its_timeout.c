/* SPDX-License-Identifier: MIT */
/* call_interrupted_at_its_timeout.c: a handler that would take for ever ends. */
#include "acts.h"

static void call_and_give_up(void)
{
	act_see(pools_double(21, 10));
}

EXPLORE_SCENARIO(call_interrupted_at_its_timeout) = {
	.story = "a handler that takes for ever is interrupted by its caller, and ends",
	.setup = act_open_slow,
	.finish = act_serve_and_close,
	.fibers = { { "caller", call_and_give_up, false } },
	.sights = { [TIMED_OUT] = "timed out", [SERVED] = "answered all the same" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
