/* SPDX-License-Identifier: MIT */
/* queue_closed_against_grant.c: what is granted to nobody goes back. */
#include "completions.h"

EXPLORE_SCENARIO(queue_closed_against_grant) = {
	.story = "the queue is closed while a checkout of its waits, and the worker is checked in",
	.setup = completions_open_waiting_a_while,
	.finish = completions_close_after_queue,
	.sights = { [SERVED] = "granted", [COMPLETIONS_CANCELLED] = "cancelled" },
	.fibers = { { "holder", completions_check_in_held, false },
		    { "closer", completions_close_queue, false } },
	.budget = { .timeouts = 1 },
	.delays = true,
};
