/* SPDX-License-Identifier: MIT */
/* client_death_against_a_waiter.c: the worker is reset, and serves the next. */
#include "acts.h"

enum { RESET = ACT_SIGHTS };

static void close(void)
{
	act_use_and_close();
	EXPLORE_CHECK(counts.resets == 1);
	explore_saw(RESET);
}

EXPLORE_SCENARIO(client_death_against_a_waiter) = {
	.story = "a client ends with a lease while another waits: the worker is reset, and serves "
		 "it",
	.setup = act_open_one,
	.finish = close,
	.fibers = { { "holder", act_hold_and_end, false }, { "waiter", act_use_and_see, false } },
	.sights = { [SERVED] = "served", [RESET] = "after a reset" },
	.delays = true,
};
