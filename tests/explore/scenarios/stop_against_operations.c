/* SPDX-License-Identifier: MIT */
/* stop_against_operations.c: what waits is told of the end of its pool. */
#include "completions.h"

EXPLORE_SCENARIO(stop_against_operations) = {
	.story = "the pool is stopped while a checkout waits, another and a task come, and the "
		 "worker comes free",
	.setup = completions_open_waiting,
	.finish = completions_see_and_close,
	.fibers = { { "starter", completions_checkout_2_perhaps, false },
		    { "sender", completions_submit_3_perhaps, false },
		    { "stopper", act_stop, false },
		    { "holder", completions_check_in_held, false } },
	.sights = { [SERVED] = "served", [STOPPED] = "stopped", [COMPLETIONS_REFUSED] = "refused" },
	.delays = true,
};
