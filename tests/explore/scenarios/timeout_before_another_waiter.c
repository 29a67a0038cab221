/* SPDX-License-Identifier: MIT */
/* timeout_before_another_waiter.c: who gives up passes on what was meant for it. */
#include "brokerage.h"

enum { GRANTED, GAVE_UP, FOUND, BOTH };
enum { PATIENCE_NS = 1000 };

static bool gave_up;

static void open(void)
{
	brokerage_open_starving();
	gave_up = false;
}

static void wait_a_little(void)
{
	struct holding holding;

	if (brokerage_checkout(&holding, sync_now() + PATIENCE_NS)) {
		EXPLORE_CHECK(brokerage_checkin(&holding));
	} else {
		gave_up = true;
		explore_saw(GAVE_UP);
	}
}

static void wait_for_long(void)
{
	struct holding holding;

	EXPLORE_CHECK(brokerage_checkout(&holding, SYNC_NEVER));
	explore_saw(brokerage_granted ? GRANTED : FOUND);
	if (gave_up)
		explore_saw(BOTH);
	EXPLORE_CHECK(brokerage_checkin(&holding));
}

EXPLORE_SCENARIO(timeout_before_another_waiter) = {
	.story = "who gives up passes on what was meant for it, to the waiter behind",
	.setup = open,
	.finish = brokerage_close,
	.fibers = { { "holder", brokerage_give_back, false },
		    { "impatient", wait_a_little, false },
		    { "patient", wait_for_long, false } },
	.sights = { [GRANTED] = "granted",
		    [GAVE_UP] = "timed out",
		    [FOUND] = "found",
		    [BOTH] = "timed out, and the other was served" },
	.budget = { .timeouts = 1 },
	.cap = 200000,
};
