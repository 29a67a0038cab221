/* SPDX-License-Identifier: MIT */
/* token_cancelled_against_grant.c: one of the two wins, and no worker is lost; the token is closed at once. */
#include "completions.h"

EXPLORE_SCENARIO(token_cancelled_against_grant) = {
	.story = "a checkout that waits without a thread is cancelled by its token while the "
		 "worker is checked in",
	.setup = completions_open_waiting_by_token,
	.finish = completions_await_and_close,
	.fibers = { { "holder", completions_check_in_held, false },
		    { "canceller", completions_cancel_and_close_token, false } },
	.sights = { [SERVED] = "served", [COMPLETIONS_CANCELLED] = "cancelled" },
	.delays = true,
};
