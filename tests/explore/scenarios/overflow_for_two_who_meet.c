/* SPDX-License-Identifier: MIT */
/* overflow_for_two_who_meet.c: as many workers are started as clients wait, however their demands meet. */
#include "overflow.h"

EXPLORE_SCENARIO(overflow_for_two_who_meet) = {
	.story = "two clients, no worker, room for two: each gets one, though neither gives back",
	.setup = overflow_open_empty,
	.finish = pools_close,
	.fibers = { { "one", act_hold_until_both_do, false },
		    { "other", act_hold_until_both_do, false } },
	.sights = { [SERVED] = "both held a worker" },
	.delays = true,
};
