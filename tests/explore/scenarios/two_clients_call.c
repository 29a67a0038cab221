/* SPDX-License-Identifier: MIT */
/* two_clients_call.c: both get their answers, whoever waits. */
#include "acts.h"

EXPLORE_SCENARIO(two_clients_call) = {
	.story = "two clients, one worker: both get their answers, whoever waits",
	.setup = act_open_one,
	.finish = pools_close,
	.fibers = { { "one", act_use_and_see, false }, { "other", act_use_and_see, false } },
	.sights = { [SERVED] = "answered" },
	.delays = true,
};
