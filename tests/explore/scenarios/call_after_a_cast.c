/* SPDX-License-Identifier: MIT */
/* call_after_a_cast.c: who has the answer of a call has the state, too: the cast before it is over. */
#include "casting.h"

static void cast_call_and_borrow(void)
{
	struct pooltoy_lease lease;
	void *state;

	act_hold(&lease);
	casting_cast(&lease);
	EXPLORE_CHECK(pools_call(&lease, 21, -1) == 0);
	EXPLORE_CHECK(pooltoy_lease_state(&lease, &state) == 0);
	explore_saw(SERVED);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
}

EXPLORE_SCENARIO(call_after_a_cast) = {
	.story = "a client casts, calls, and uses the state itself",
	.setup = casting_open,
	.finish = casting_close,
	.fibers = { { "client", cast_call_and_borrow, false } },
	.sights = { [SERVED] = "served", [DELIVERED] = "delivered" },
};
