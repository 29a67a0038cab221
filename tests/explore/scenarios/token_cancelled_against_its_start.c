/* SPDX-License-Identifier: MIT */
/* token_cancelled_against_its_start.c: it is refused, cancelled, or served; once. */
#include "completions.h"

/* The token is closed when the start has returned. */
static void open_and_hold(void)
{
	completions_open_token();
	act_hold(&act_held);
}

static void finish(void)
{
	completions_check_in_held();
	completions_close_token();
	completions_await_and_close();
}

EXPLORE_SCENARIO(token_cancelled_against_its_start) = {
	.story = "a checkout is started by a token that is cancelled meanwhile",
	.setup = open_and_hold,
	.finish = finish,
	.fibers = { { "starter", completions_checkout_1_by_token, false },
		    { "canceller", completions_cancel_token, false } },
	.sights = { [COMPLETIONS_CANCELLED] = "cancelled", [COMPLETIONS_REFUSED] = "refused" },
	.delays = true,
};
