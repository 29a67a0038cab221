/* SPDX-License-Identifier: MIT */
/* overflow_for_four_clients.c: at the end one worker is left. */
#include "overflow.h"

enum { OVERFLOWED = ACT_SIGHTS };

static void close_small(void)
{
	if (counts.inits > 1)
		explore_saw(OVERFLOWED);
	overflow_close();
}

EXPLORE_SCENARIO(overflow_for_four_clients) = {
	.story = "four clients and two places, one of them overflow: at the end one worker is left",
	.setup = overflow_open_small,
	.law = overflow_size_is_up,
	.finish = close_small,
	.fibers = { { "one", act_pass, false },
		    { "two", act_pass, false },
		    { "three", act_pass, false },
		    { "four", act_pass, false } },
	.sights = { [OVERFLOWED] = "an overflow worker came up" },
	.delays = true,
};
