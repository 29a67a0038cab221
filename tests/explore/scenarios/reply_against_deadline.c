/* SPDX-License-Identifier: MIT */
/* reply_against_deadline.c: one of the two wins, and the worker lives. */
#include "completions.h"

static void open(void)
{
	completions_open_one();
	completions_lease();
}

static void call(void)
{
	EXPLORE_CHECK(completions_call(1, &act_held, 1000) == 0);
}

EXPLORE_SCENARIO(reply_against_deadline) = {
	.story = "the time of a call is over while its worker takes it, runs it, and replies",
	.setup = open,
	.finish = completions_await_and_close,
	.fibers = { { "caller", call, false } },
	.sights = { [SERVED] = "served", [TIMED_OUT] = "timed out" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
