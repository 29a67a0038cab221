/* SPDX-License-Identifier: MIT */
/* casting.c: casts are counted as they are sent. */
#include "casting.h"

unsigned casts_sent;

void casting_open(void)
{
	pools_open(POOLS_SPEC(.size = 1, .max_casts = 2));
	casts_sent = 0;
}

void casting_cast(const struct pooltoy_lease *lease)
{
	int code = pooltoy_cast(lease, "x", 1);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_EAGAIN || code == POOLTOY_ESTALE ||
		      code == POOLTOY_EBUSY);
	if (code == POOLTOY_EAGAIN)
		explore_saw(FULL);
	if (code == POOLTOY_EBUSY)
		explore_saw(BUSY);
	casts_sent += code == 0;
}

void casting_cast_and_check_in(void)
{
	struct pooltoy_lease lease;
	int code;

	act_hold(&lease);
	for (unsigned i = 0; i < 3; i++)
		casting_cast(&lease);
	code = pooltoy_checkin(&lease);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
}

void casting_close(void)
{
	act_use_and_close();
	EXPLORE_CHECK(counts.casts == casts_sent);
	explore_saw(DELIVERED);
}
