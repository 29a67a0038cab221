/* SPDX-License-Identifier: MIT */
/* call_against_a_borrowed_state.c: two threads share a lease; one at a time is in its state. */
#include "acts.h"

enum { STATE_IN_USE = ACT_SIGHTS, CELL_IN_USE };

static void call_once(void)
{
	int code = pools_call(&act_held, 21, -1);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_EBUSY);
	explore_saw(code ? STATE_IN_USE : SERVED);
}

static void borrow_beside_a_call(void)
{
	void *state;
	unsigned before;

	if (pooltoy_lease_state(&act_held, &state) != 0) {
		explore_saw(CELL_IN_USE);
		return;
	}
	before = counts.calls;
	SYNC_POINT("use", state);
	EXPLORE_CHECK(counts.calls == before);
	EXPLORE_CHECK(pooltoy_lease_state_done(&act_held) == 0);
}

static void close_shared(void)
{
	EXPLORE_CHECK(pooltoy_checkin(&act_held) == 0);
	act_use_and_close();
}

EXPLORE_SCENARIO(call_against_a_borrowed_state) = {
	.story = "one thread calls, another uses the state: one at a time",
	.setup = act_open_and_hold,
	.finish = close_shared,
	.fibers = { { "caller", call_once, false }, { "borrower", borrow_beside_a_call, false } },
	.sights = { [SERVED] = "called",
		    [STATE_IN_USE] = "the state was in use",
		    [CELL_IN_USE] = "the cell was in use" },
};
