/* SPDX-License-Identifier: MIT */
/* cancellation_against_grant.c: the slot goes to the one behind. */
#include "brokerage.h"

enum { LIVED, CANCELLED };

static bool lived;

static void open(void)
{
	brokerage_open_starving();
	lived = false;
}

static void use(struct holding *holding)
{
	EXPLORE_CHECK(brokerage_checkout(holding, SYNC_NEVER));
	EXPLORE_CHECK(brokerage_checkin(holding));
}

static void be_cancelled(void)
{
	struct holding holding;

	use(&holding);
	lived = true;
}

static void wait_for_long(void)
{
	struct holding holding;

	use(&holding);
}

static void close(void)
{
	explore_saw(lived ? LIVED : CANCELLED);
	brokerage_close();
}

EXPLORE_SCENARIO(cancellation_against_grant) = {
	.story = "a waiter is cancelled while a slot is handed to it: the one behind gets it",
	.setup = open,
	.finish = close,
	.fibers = { { "holder", brokerage_give_back, false },
		    { "mortal", be_cancelled, true },
		    { "patient", wait_for_long, false } },
	.sights = { [LIVED] = "lived", [CANCELLED] = "was cancelled" },
	.budget = { .cancels = 1 },
	.cap = 200000,
};
