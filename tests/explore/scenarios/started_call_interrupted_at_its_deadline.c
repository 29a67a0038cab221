/* SPDX-License-Identifier: MIT */
/* started_call_interrupted_at_its_deadline.c: by the notifier, since its caller has no thread. */
#include "completions.h"

EXPLORE_SCENARIO(started_call_interrupted_at_its_deadline) = {
	.story = "a handler that takes for ever is interrupted when the time of its call is over",
	.setup = completions_open_calling_a_while,
	.finish = completions_await_and_close,
	.fibers = { { "holder", completions_check_in_held, false } },
	.sights = { [TIMED_OUT] = "timed out" },
	.delays = true,
};
