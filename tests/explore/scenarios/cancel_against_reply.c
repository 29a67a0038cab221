/* SPDX-License-Identifier: MIT */
/* cancel_against_reply.c: one of the two wins, and the worker lives. */
#include "tokens.h"

static void call(void)
{
	int number = 21, answer = 0, code;
	size_t length = sizeof answer;

	code = pooltoy_call_with(&act_held, &number, sizeof number, &answer, &length,
				 POOLTOY_CALL_OPTIONS(.cancel = tokens_one));
	tokens_see(code);
	EXPLORE_CHECK(answer == (code == 0 ? 42 : 0));
}

EXPLORE_SCENARIO(cancel_against_reply) = {
	.story = "a call is cancelled by its token while its worker takes it, runs it, and replies",
	.setup = tokens_open_and_hold,
	.finish = tokens_check_in_use_and_close,
	.fibers = { { "caller", call, true }, { "canceller", tokens_cancel, false } },
	.sights = { [SERVED] = "served", [TOKENS_CANCELLED] = "cancelled" },
	.budget = { .cancels = 1 },
	.delays = true,
};
