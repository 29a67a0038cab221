/* SPDX-License-Identifier: MIT */
/* manager_death_against_a_borrowed_state.c: nothing is terminated under who uses it. */
#include "acts.h"

static void borrow(void)
{
	void *state;
	int code = pooltoy_lease_state(&act_held, &state);

	if (code) {
		act_see(code);
		return;
	}
	SYNC_POINT("use", state);
	SYNC_POINT("use", state); /* its memory must be there */
	code = pooltoy_lease_state_done(&act_held);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
	explore_saw(SERVED);
}

EXPLORE_SCENARIO(manager_death_against_a_borrowed_state) = {
	.story = "a client uses the state as its pool restarts: nothing is terminated under it",
	.setup = act_open_and_hold,
	.finish = act_close_after_restart,
	.fibers = { { "borrower", borrow, false }, { "killer", act_kill_manager, false } },
	.sights = { [SERVED] = "borrowed", [STALE] = "stale" },
	.delays = true,
};
