/* SPDX-License-Identifier: MIT */
/* token_cancelled_against_reply.c: one outcome, and the handler that is left is interrupted. */
#include "completions.h"

EXPLORE_SCENARIO(token_cancelled_against_reply) = {
	.story = "a call that nobody waits for is cancelled by its token while its handler may "
		 "return",
	.setup = completions_open_calling_by_token,
	.finish = completions_await_and_close,
	.fibers = { { "canceller", completions_cancel_and_close_token, false } },
	.sights = { [COMPLETIONS_CANCELLED] = "cancelled" },
	.delays = true,
};
