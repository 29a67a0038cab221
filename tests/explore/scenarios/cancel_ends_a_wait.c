/* SPDX-License-Identifier: MIT */
/* cancel_ends_a_wait.c: nothing else does: the worker is held for as long as it takes. */
#include "tokens.h"

static void wait_for_worker(void)
{
	struct pooltoy_lease lease;

	tokens_see(pooltoy_checkout_with(poolio, POOLTOY_CHECKOUT_OPTIONS(.cancel = tokens_one),
					 &lease));
}

EXPLORE_SCENARIO(cancel_ends_a_wait) = {
	.story = "two checkouts of one token, for a worker that does not come free",
	.setup = tokens_open_and_hold,
	.finish = tokens_check_in_use_and_close,
	.fibers = { { "waiter", wait_for_worker, false },
		    { "waiter too", wait_for_worker, false },
		    { "canceller", tokens_cancel, false } },
	.sights = { [TOKENS_CANCELLED] = "cancelled" },
	.budget = { .spurious = 1 },
	.delays = true,
};
