/* SPDX-License-Identifier: MIT */
/* two_starts_beside_a_waiter.c: one worker serves two operations and a thread, and none waits for ever. */
#include "completions.h"

EXPLORE_SCENARIO(two_starts_beside_a_waiter) = {
	.story = "the worker is checked in while two checkouts are started and a thread waits for "
		 "it",
	.setup = completions_open_and_hold,
	.finish = completions_await_and_close,
	.fibers = { { "holder", completions_check_in_held, false },
		    { "one", completions_checkout_1, false },
		    { "other", completions_checkout_2, false },
		    { "waiter", act_pass, false },
		    { "server", completions_serve_1_and_2, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
