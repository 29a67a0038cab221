/* SPDX-License-Identifier: MIT */
/* timeout_against_grant.c: one of the two wins, no slot is lost. */
#include "brokerage.h"

enum { GRANTED, GAVE_UP, FOUND };
enum { PATIENCE_NS = 1000 };

static void wait_a_little(void)
{
	struct holding holding;

	if (brokerage_checkout(&holding, sync_now() + PATIENCE_NS)) {
		explore_saw(brokerage_granted ? GRANTED : FOUND);
		EXPLORE_CHECK(brokerage_checkin(&holding));
	} else {
		explore_saw(GAVE_UP);
	}
}

EXPLORE_SCENARIO(timeout_against_grant) = {
	.story = "a waiter times out while a slot is handed to it: one of the two wins, no slot is "
		 "lost",
	.setup = brokerage_open_starving,
	.finish = brokerage_close,
	.fibers = { { "holder", brokerage_give_back, false }, { "waiter", wait_a_little, false } },
	.sights = { [GRANTED] = "granted", [GAVE_UP] = "timed out", [FOUND] = "found" },
	.budget = { .timeouts = 1, .spurious = 1 },
	.bound = 3,
	.cap = 500000,
};
