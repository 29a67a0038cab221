/* SPDX-License-Identifier: MIT */
/* return_from_a_full_quarantine.c: a pool with a stuck worker more than it may have serves when that is back. */
#include "stubborn.h"

static void open(void)
{
	stubborn_open_with(POOLS_SPEC(.size = 1, .grace = 1, .max_quarantined = POOLTOY_NONE,
				      .backoff_min = 1));
}

/* Its time passes beside the grace. */
static void let_it_return(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(poolio, 102, &lease);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ETIMEDOUT);
	if (code == 0)
		EXPLORE_CHECK(pooltoy_checkin(&lease) == 0 ||
			      counts.events[POOLTOY_EVENT_POOL_CRASHED]);
	stubborn_release();
}

static void close_when_it_serves(void)
{
	struct pooltoy_lease lease;
	bool crashed = counts.events[POOLTOY_EVENT_POOL_CRASHED] > 0;

	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &lease) == 0);
	EXPLORE_CHECK(!crashed || counts.events[POOLTOY_EVENT_WORKER_QUARANTINED] > 0);
	explore_saw(crashed ? QUARANTINED : IN_TIME);
	(void)pooltoy_checkin(&lease);
	pools_close();
}

EXPLORE_SCENARIO(return_from_a_full_quarantine) = {
	.story = "a handler returns as its pool crashes, since it may have nobody in quarantine: "
		 "it serves again",
	.setup = open,
	.finish = close_when_it_serves,
	.fibers = { { "caller", stubborn_call, false }, { "friend", let_it_return, false } },
	.sights = { [QUARANTINED] = "crashed",
		    [IN_TIME] = "returned in time",
		    [RETURNED] = "returned" },
	.delays = true,
};
