/* SPDX-License-Identifier: MIT */
/* crash_against_deadline.c: one of the two wins. */
#include "completions.h"

static void open(void)
{
	completions_open_one();
	completions_lease();
	behaviour.break_in_call = 1;
}

static void call(void)
{
	EXPLORE_CHECK(completions_call(1, &act_held, 1000) == 0);
}

static void close(void)
{
	completions_await();
	behaviour.break_in_call = 0;
	completions_await_and_close();
}

EXPLORE_SCENARIO(crash_against_deadline) = {
	.story = "the time of a call is over while its worker breaks",
	.setup = open,
	.finish = close,
	.fibers = { { "caller", call, false } },
	.sights = { [CRASHED] = "crashed", [TIMED_OUT] = "timed out" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
