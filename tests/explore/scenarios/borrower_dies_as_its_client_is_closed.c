/* SPDX-License-Identifier: MIT */
/* borrower_dies_as_its_client_is_closed.c: the thread gives the state back, the client the lease. */
#include "connection.h"

static void borrow_until_death(void)
{
	void *state;
	int code = pooltoy_lease_state(&connection_lease, &state);

	act_see(code);
	if (code == 0)
		SYNC_POINT("use", state);
}

EXPLORE_SCENARIO(borrower_dies_as_its_client_is_closed) = {
	.story = "a thread ends with a borrowed state, as the lease's client is closed",
	.setup = connection_open_and_lease,
	.finish = act_use_and_close,
	.fibers = { { "closer", connection_close, false },
		    { "borrower", borrow_until_death, false } },
	.sights = { [SERVED] = "borrowed", [STALE] = "stale" },
};
