/* SPDX-License-Identifier: MIT */
/* client_cancelled_in_checkout.c: what was meant for it goes to the one behind. */
#include "acts.h"

enum { LIVED = ACT_SIGHTS, CANCELLED };

static bool lived;

static void open(void)
{
	act_open_one();
	lived = false;
}

static void wait_to_be_cancelled(void)
{
	struct pooltoy_lease lease;

	act_hold(&lease);
	lived = true;
}

static void close(void)
{
	explore_saw(lived ? LIVED : CANCELLED);
	act_use_and_close();
}

EXPLORE_SCENARIO(client_cancelled_in_checkout) = {
	.story = "a client is cancelled while it waits, and another waits behind it",
	.setup = open,
	.finish = close,
	.fibers = { { "holder", act_hold_and_end, false },
		    { "mortal", wait_to_be_cancelled, true },
		    { "waiter", act_use_and_see, false } },
	.sights = { [LIVED] = "lived", [CANCELLED] = "was cancelled", [SERVED] = "served" },
	.budget = { .cancels = 1 },
	.delays = true,
};
