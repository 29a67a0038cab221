/* SPDX-License-Identifier: MIT */
/* overflow_dismissed_beside_a_lease.c: the first one back goes, though the other stays. */
#include "overflow.h"

/* Holds its worker until the other one has been dismissed: no other event brings that about. */
static void hold_until_alone(void)
{
	struct pooltoy_lease lease;

	act_hold(&lease);
	explore_saw(SERVED);
	sync_yield_until(overflow_alive() == 1);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
}

EXPLORE_SCENARIO(overflow_dismissed_beside_a_lease) = {
	.story = "two overflow workers for two clients: the first one back goes, though the other "
		 "stays",
	.setup = overflow_open_empty,
	.finish = overflow_close,
	.fibers = { { "keeps", hold_until_alone, false }, { "brief", act_pass, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
