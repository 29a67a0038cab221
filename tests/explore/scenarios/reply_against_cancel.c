/* SPDX-License-Identifier: MIT */
/* reply_against_cancel.c: one of the two wins, and the worker lives. */
#include "completions.h"

static void open(void)
{
	completions_open_one();
	completions_lease();
}

static void call(void)
{
	EXPLORE_CHECK(completions_call(1, &act_held, -1) == 0);
}

static void call_and_cancel(void)
{
	call();
	completions_cancel_1();
}

EXPLORE_SCENARIO(reply_against_cancel) = {
	.story = "a call is cancelled while its worker takes it, runs it, and replies",
	.setup = open,
	.finish = completions_await_and_close,
	.fibers = { { "caller", call_and_cancel, false } },
	.sights = { [SERVED] = "served",
		    [COMPLETIONS_CANCELLED] = "cancelled",
		    [COMPLETIONS_TOO_LATE] = "too late" },
	.delays = true,
};
