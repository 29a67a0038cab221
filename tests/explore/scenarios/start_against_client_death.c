/* SPDX-License-Identifier: MIT */
/* start_against_client_death.c: a worker that comes back by the end of its client. */
#include "completions.h"

EXPLORE_SCENARIO(start_against_client_death) = {
	.story = "a checkout is started as the holder of the worker ends",
	.setup = completions_open_one,
	.finish = completions_await_and_close,
	.fibers = { { "holder", act_hold_and_end, false },
		    { "starter", completions_checkout_1, false },
		    { "server", completions_serve_1, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
