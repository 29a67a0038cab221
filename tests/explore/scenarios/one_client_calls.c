/* SPDX-License-Identifier: MIT */
/* one_client_calls.c: the whole of a pool's life. */
#include "acts.h"

EXPLORE_SCENARIO(one_client_calls) = {
	.story = "one client, one worker, one call: the whole of a pool's life",
	.setup = act_open_one,
	.finish = pools_close,
	.fibers = { { "client", act_use_and_see, false } },
	.sights = { [SERVED] = "answered" },
	.budget = { .spurious = 1 },
	.delays = true,
};
