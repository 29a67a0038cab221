/* SPDX-License-Identifier: MIT */
/* started_call_interrupted_by_cancel.c: the same for one that is cancelled, as its deadline may come. */
#include "completions.h"

EXPLORE_SCENARIO(started_call_interrupted_by_cancel) = {
	.story = "a handler that takes for ever is interrupted when its call is cancelled",
	.setup = completions_open_calling_a_while,
	.finish = completions_await_and_close,
	.fibers = { { "canceller", completions_cancel_1, false } },
	.sights = { [TIMED_OUT] = "timed out",
		    [COMPLETIONS_CANCELLED] = "cancelled",
		    [COMPLETIONS_TOO_LATE] = "too late" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
