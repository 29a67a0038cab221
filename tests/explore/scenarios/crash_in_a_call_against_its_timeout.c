/* SPDX-License-Identifier: MIT */
/* crash_in_a_call_against_its_timeout.c: the caller hears of one of the two. */
#include "acts.h"

static void call_with_a_timeout(void)
{
	act_see(pools_double(21, 10));
}

static void close(void)
{
	behaviour.break_in_call = 0;
	act_use_and_close();
}

EXPLORE_SCENARIO(crash_in_a_call_against_its_timeout) = {
	.story = "the handler breaks as its caller's time is over: crashed, or timed out",
	.setup = act_open_and_break,
	.finish = close,
	.fibers = { { "caller", call_with_a_timeout, false } },
	.sights = { [CRASHED] = "crashed", [TIMED_OUT] = "timed out" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
