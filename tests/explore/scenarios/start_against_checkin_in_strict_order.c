/* SPDX-License-Identifier: MIT */
/* start_against_checkin_in_strict_order.c: the same where idle workers stand in a list. */
#include "completions.h"

static void open(void)
{
	completions_open(POOLS_SPEC(.size = 1, .strategy = POOLTOY_LIFO));
}

EXPLORE_SCENARIO(start_against_checkin_in_strict_order) = {
	.story = "a checkout is started while a client checks the worker in, and takes it again",
	.setup = open,
	.finish = completions_await_and_close,
	.fibers = { { "client", act_pass, false },
		    { "starter", completions_checkout_1, false },
		    { "server", completions_serve_1, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
