/* SPDX-License-Identifier: MIT */
/* cancel_interrupts_a_call.c: a handler that would take for ever ends. */
#include "tokens.h"

static void open(void)
{
	tokens_open_and_hold();
	behaviour.calls_take_time = true;
}

static void call(void)
{
	int number = 21;

	tokens_see(pooltoy_call_with(
		&act_held, &number, sizeof number, NULL, NULL,
		POOLTOY_CALL_OPTIONS(.deadline = sync_now() + 1000000, .cancel = tokens_one)));
}

static void close(void)
{
	behaviour.calls_take_time = false;
	tokens_check_in_use_and_close();
}

EXPLORE_SCENARIO(cancel_interrupts_a_call) = {
	.story = "a handler that takes for ever is interrupted by a cancel, or its deadline, and "
		 "ends",
	.setup = open,
	.finish = close,
	.fibers = { { "caller", call, false }, { "canceller", tokens_cancel, false } },
	.sights = { [SERVED] = "answered all the same",
		    [TIMED_OUT] = "timed out",
		    [TOKENS_CANCELLED] = "cancelled" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
