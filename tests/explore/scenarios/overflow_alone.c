/* SPDX-License-Identifier: MIT */
/* overflow_alone.c: a pool that has no workers unless somebody waits. */
#include "overflow.h"

EXPLORE_SCENARIO(overflow_alone) = {
	.story = "a pool of size 0: each client gets a worker that is dismissed after it",
	.setup = overflow_open_empty,
	.finish = overflow_close,
	.fibers = { { "one", act_use_and_see, false }, { "other", act_use_and_see, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
