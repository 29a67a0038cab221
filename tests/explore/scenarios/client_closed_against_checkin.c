/* SPDX-License-Identifier: MIT */
/* client_closed_against_checkin.c: both end the lease, and it ends once. */
#include "connection.h"

EXPLORE_SCENARIO(client_closed_against_checkin) = {
	.story = "a client is closed while its lease is checked in by a thread: it ends once",
	.setup = connection_open_and_lease,
	.finish = act_use_and_close,
	.fibers = { { "closer", connection_close, false },
		    { "holder", connection_check_in, false } },
	.sights = { [SERVED] = "checked in", [STALE] = "stale" },
};
