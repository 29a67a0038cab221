/* SPDX-License-Identifier: MIT */
/* casts_against_checkin.c: the next lease finds none of them left. */
#include "casting.h"

static void lease_next(void)
{
	struct pooltoy_lease lease;
	unsigned before;

	act_hold(&lease);
	before = counts.casts;
	SYNC_POINT("hold", NULL);
	EXPLORE_CHECK(counts.casts == before);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
}

EXPLORE_SCENARIO(casts_against_checkin) = {
	.story = "casts of a lease that is checked in run before the next lease begins",
	.setup = casting_open,
	.finish = casting_close,
	.fibers = { { "one", casting_cast_and_check_in, false }, { "next", lease_next, false } },
	.sights = { [DELIVERED] = "delivered", [FULL] = "too many at once" },
};
