/* SPDX-License-Identifier: MIT */
/* reclaim_against_checkin.c: a lease over its limit ends once: by who holds it, or by who takes it back. */
#include "acts.h"

static void open(void)
{
	pools_open(POOLS_SPEC(.size = 1, .lease_limit = 1, .lease_reclaim = 1));
	behaviour.keeps_reset = true;
	act_hold(&act_held);
}

/* As long as the limit, or until the worker that it holds is taken back, and granted to it a second time. */
static void hold_and_check_in(void)
{
	struct pooltoy_lease other;
	int code = pooltoy_checkout(poolio, 1, &other);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ETIMEDOUT);
	if (code == 0) {
		code = pooltoy_checkin(&other);
		EXPLORE_CHECK(code == 0);
	}
	act_check_in_held();
}

/* No time passes here: whatever was over its limit, this lease is not. */
static void hold_for_no_time(void)
{
	struct pooltoy_lease lease;

	act_hold(&lease);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
}

EXPLORE_SCENARIO(reclaim_against_checkin) = {
	.story = "a lease is taken back while its holder, which waits for another, checks it in",
	.setup = open,
	.finish = pools_close,
	.fibers = { { "holder", hold_and_check_in, false }, { "client", hold_for_no_time, false } },
	.sights = { [SERVED] = "checked in", [STALE] = "stale" },
	.delays = true,
};
