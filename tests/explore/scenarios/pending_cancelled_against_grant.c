/* SPDX-License-Identifier: MIT */
/* pending_cancelled_against_grant.c: one of the two wins, and no worker is lost. */
#include "completions.h"

EXPLORE_SCENARIO(pending_cancelled_against_grant) = {
	.story = "a checkout that waits is cancelled while the worker is checked in",
	.setup = completions_open_waiting,
	.finish = completions_await_and_close,
	.fibers = { { "holder", completions_check_in_held, false },
		    { "canceller", completions_cancel_1, false } },
	.sights = { [SERVED] = "served",
		    [COMPLETIONS_CANCELLED] = "cancelled",
		    [COMPLETIONS_TOO_LATE] = "too late" },
	.delays = true,
};
