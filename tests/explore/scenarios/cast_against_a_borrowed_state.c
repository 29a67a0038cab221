/* SPDX-License-Identifier: MIT */
/* cast_against_a_borrowed_state.c: two threads share a lease; one at a time is in its state. */
#include "casting.h"

static void open_and_share(void)
{
	casting_open();
	act_hold(&act_held);
}

static void cast_once(void)
{
	casting_cast(&act_held);
}

static void borrow_once(void)
{
	void *state;
	unsigned before;

	if (pooltoy_lease_state(&act_held, &state) != 0)
		return;
	before = counts.casts;
	SYNC_POINT("use", state);
	EXPLORE_CHECK(counts.casts == before);
	EXPLORE_CHECK(pooltoy_lease_state_done(&act_held) == 0);
}

static void close_shared(void)
{
	EXPLORE_CHECK(pooltoy_checkin(&act_held) == 0);
	casting_close();
}

EXPLORE_SCENARIO(cast_against_a_borrowed_state) = {
	.story = "one thread casts, another uses the state: one at a time",
	.setup = open_and_share,
	.finish = close_shared,
	.fibers = { { "caster", cast_once, false }, { "borrower", borrow_once, false } },
	.sights = { [DELIVERED] = "delivered", [BUSY] = "busy" },
};
