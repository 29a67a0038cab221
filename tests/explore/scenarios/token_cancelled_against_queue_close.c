/* SPDX-License-Identifier: MIT */
/* token_cancelled_against_queue_close.c: the operation is left once, whoever does it; both handles are gone. */
#include "completions.h"

EXPLORE_SCENARIO(token_cancelled_against_queue_close) = {
	.story = "a completion queue is closed, and the token of its checkout cancelled and "
		 "closed, as the worker is checked in",
	.setup = completions_open_waiting_by_token,
	.finish = completions_close_after_queue,
	.fibers = { { "holder", completions_check_in_held, false },
		    { "closer", completions_close_queue, false },
		    { "canceller", completions_cancel_and_close_token, false } },
	.sights = { [SERVED] = "granted", [COMPLETIONS_CANCELLED] = "cancelled" },
	.delays = true,
};
