/* SPDX-License-Identifier: MIT */
/* deadline_against_grant.c: one of the two wins, and no worker is lost. */
#include "completions.h"

EXPLORE_SCENARIO(deadline_against_grant) = {
	.story = "the time of a checkout that waits is over while the worker is checked in",
	.setup = completions_open_waiting_a_while,
	.finish = completions_await_and_close,
	.fibers = { { "holder", completions_check_in_held, false },
		    { "starter", completions_checkout_2, false } },
	.sights = { [SERVED] = "served", [TIMED_OUT] = "timed out" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
