/* SPDX-License-Identifier: MIT */
/* client_closed_against_a_borrowed_state.c: the lease ends, and the state stays until it is given back. */
#include "connection.h"

enum { GIVEN_BACK_LATE = ACT_SIGHTS };

static void borrow(void)
{
	void *state;
	int code = pooltoy_lease_state(&connection_lease, &state);

	if (code) {
		act_see(code);
		return;
	}
	SYNC_POINT("use", state);
	code = pooltoy_lease_state_done(&connection_lease);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
	explore_saw(code ? GIVEN_BACK_LATE : SERVED);
	if (code == 0) {
		code = pooltoy_checkin(&connection_lease);
		EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
	}
}

EXPLORE_SCENARIO(client_closed_against_a_borrowed_state) = {
	.story = "a client is closed while a thread uses the state of its lease",
	.setup = connection_open_and_lease,
	.finish = act_use_and_close,
	.fibers = { { "closer", connection_close, false }, { "borrower", borrow, false } },
	.sights = { [SERVED] = "given back in time",
		    [GIVEN_BACK_LATE] = "given back late",
		    [STALE] = "stale" },
};
