/* SPDX-License-Identifier: MIT */
/* reset_that_fails.c: the worker is replaced; a waiter gets the new one. */
#include "acts.h"

enum { NOT_RESET = ACT_SIGHTS };

static void open_and_break_in_reset(void)
{
	pools_open(POOLS_SPEC(.size = 1));
	behaviour.break_in_reset = 1;
}

static void close_after_reset(void)
{
	act_use_and_close();
	EXPLORE_CHECK(counts.resets == 1);
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_WORKER_DIED] == 1);
	explore_saw(NOT_RESET);
}

EXPLORE_SCENARIO(reset_that_fails) = {
	.story =
		"a client dies, the reset fails, the worker is replaced; a waiter gets the new one",
	.setup = open_and_break_in_reset,
	.finish = close_after_reset,
	.fibers = { { "holder", act_hold_and_end, false }, { "waiter", act_use_and_see, false } },
	.sights = { [SERVED] = "served", [NOT_RESET] = "the reset had failed" },
	.delays = true,
};
