/* SPDX-License-Identifier: MIT */
/* client_closed_against_a_call.c: the call ends, then the reset. */
#include "connection.h"

static void call(void)
{
	act_see(pools_call(&connection_lease, 21, -1));
}

EXPLORE_SCENARIO(client_closed_against_a_call) = {
	.story = "a client is closed while a call of its lease runs: the call ends, then the reset",
	.setup = connection_open_and_lease,
	.finish = act_use_and_close,
	.fibers = { { "closer", connection_close, false }, { "caller", call, false } },
	.sights = { [SERVED] = "answered", [STALE] = "stale" },
	.delays = true,
};
