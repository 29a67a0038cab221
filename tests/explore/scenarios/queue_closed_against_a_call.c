/* SPDX-License-Identifier: MIT */
/* queue_closed_against_a_call.c: the call is left, or its answer dropped; the lease ends. */
#include "completions.h"

EXPLORE_SCENARIO(queue_closed_against_a_call) = {
	.story = "the queue is closed while a call of its runs, whose worker is leased to it",
	.setup = completions_open_calling_a_while,
	.finish = completions_close_after_queue,
	.sights = { [SERVED] = "over before", [COMPLETIONS_CANCELLED] = "cancelled" },
	.fibers = { { "closer", completions_close_queue, false } },
	.budget = { .timeouts = 1 },
	.delays = true,
};
