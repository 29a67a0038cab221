/* SPDX-License-Identifier: MIT */
/* start_against_checkin.c: who makes the worker idle sees the operation, or who starts it the worker. */
#include "completions.h"

EXPLORE_SCENARIO(start_against_checkin) = {
	.story = "a checkout is started while a client checks the worker in, and takes it again",
	.setup = completions_open_one,
	.finish = completions_await_and_close,
	.fibers = { { "client", act_pass, false },
		    { "starter", completions_checkout_1, false },
		    { "server", completions_serve_1, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
