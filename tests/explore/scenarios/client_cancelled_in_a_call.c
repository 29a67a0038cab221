/* SPDX-License-Identifier: MIT */
/* client_cancelled_in_a_call.c: the worker finishes the call alone, then serves others. */
#include "acts.h"

enum { LIVED = ACT_SIGHTS, CANCELLED };

static bool lived;

static void open(void)
{
	act_open_one();
	lived = false;
}

static void call_to_be_cancelled(void)
{
	struct pooltoy_lease lease;

	act_hold(&lease);
	EXPLORE_CHECK(pools_call(&lease, 21, -1) == 0);
	lived = true;
}

static void close(void)
{
	explore_saw(lived ? LIVED : CANCELLED);
	act_use_and_close();
}

EXPLORE_SCENARIO(client_cancelled_in_a_call) = {
	.story =
		"a client is cancelled in a call: the worker finishes it alone, then serves others",
	.setup = open,
	.finish = close,
	.fibers = { { "mortal", call_to_be_cancelled, true },
		    { "waiter", act_use_and_see, false } },
	.sights = { [LIVED] = "lived", [CANCELLED] = "was cancelled", [SERVED] = "served" },
	.budget = { .cancels = 1 },
	.delays = true,
};
