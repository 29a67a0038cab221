/* SPDX-License-Identifier: MIT */
/* deadline_against_cancel.c: one of the two leaves, the other is too late. */
#include "completions.h"

EXPLORE_SCENARIO(deadline_against_cancel) = {
	.story = "a checkout is cancelled as its time is over",
	.setup = completions_open_waiting_a_while,
	.finish = completions_await_and_close,
	.fibers = { { "canceller", completions_cancel_1, false },
		    { "holder", completions_check_in_held, false } },
	.sights = { [SERVED] = "served",
		    [TIMED_OUT] = "timed out",
		    [COMPLETIONS_CANCELLED] = "cancelled",
		    [COMPLETIONS_TOO_LATE] = "too late" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
