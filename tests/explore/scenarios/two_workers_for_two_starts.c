/* SPDX-License-Identifier: MIT */
/* two_workers_for_two_starts.c: who serves one operation looks for the next. */
#include "completions.h"

static struct pooltoy_lease other;

static void open(void)
{
	completions_open(POOLS_SPEC(.size = 2));
	act_hold(&act_held);
	act_hold(&other);
	completions_checkout_1();
	completions_checkout_2();
}

static void check_in_other(void)
{
	EXPLORE_CHECK(pooltoy_checkin(&other) == 0);
}

EXPLORE_SCENARIO(two_workers_for_two_starts) = {
	.story = "two workers are checked in while two checkouts wait: each gets one",
	.setup = open,
	.finish = completions_await_and_close,
	.fibers = { { "holder", completions_check_in_held, false },
		    { "other", check_in_other, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
