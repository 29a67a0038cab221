/* SPDX-License-Identifier: MIT */
/* overflow_start_against_timeout.c: it comes up for a client that has given up. */
#include "overflow.h"

static void give_up(void)
{
	act_see(pools_double(21, 10));
}

static void close_after_giving_up(void)
{
	EXPLORE_CHECK(pooltoy_checkin(&act_held) == 0);
	act_use_and_close();
}

EXPLORE_SCENARIO(overflow_start_against_timeout) = {
	.story = "an overflow worker comes up for a client that has given up",
	.setup = overflow_open_held,
	.law = overflow_size_is_up,
	.finish = close_after_giving_up,
	.fibers = { { "waiter", give_up, false } },
	.sights = { [SERVED] = "served", [TIMED_OUT] = "gave up" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
