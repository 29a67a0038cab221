/* SPDX-License-Identifier: MIT */
/* high_before_normal.c: they stand before the others, and all are served. */
#include "brokerage.h"

enum { HIGH_FIRST, NORMAL_FIRST };

static unsigned served;

static void open(void)
{
	brokerage_open_starving();
	served = 0;
}

static void use(bool high)
{
	struct holding holding;

	EXPLORE_CHECK(high ? brokerage_checkout_high(&holding, SYNC_NEVER)
			   : brokerage_checkout(&holding, SYNC_NEVER));
	if (served++ == 0)
		explore_saw(high ? HIGH_FIRST : NORMAL_FIRST);
	EXPLORE_CHECK(brokerage_checkin(&holding));
}

static void be_normal(void)
{
	use(false);
}

static void be_high(void)
{
	use(true);
}

static void high_ones_stand_before_the_others(void)
{
	for (struct waiter *waiter = brokerage.queue.head; waiter; waiter = waiter->next)
		EXPLORE_CHECK(waiter->high || !waiter->next || !waiter->next->high);
}

EXPLORE_SCENARIO(high_before_normal) = {
	.story = "two high waiters and one that is not, as the slot comes free",
	.setup = open,
	.finish = brokerage_close,
	.law = high_ones_stand_before_the_others,
	.fibers = { { "holder", brokerage_give_back, false },
		    { "normal", be_normal, false },
		    { "high", be_high, false },
		    { "high too", be_high, false } },
	.sights = { [HIGH_FIRST] = "a high one was the first",
		    [NORMAL_FIRST] = "the other one was the first" },
	.budget = { .spurious = 1 },
	.cap = 100000,
};
