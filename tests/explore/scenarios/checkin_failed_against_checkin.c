/* SPDX-License-Identifier: MIT */
/* checkin_failed_against_checkin.c: who comes first decides whether the worker is reset. */
#include "acts.h"

enum { TO_BE_RESET = ACT_SIGHTS, CLEAN };

static void give_up(void)
{
	int code = pooltoy_checkin_failed(&act_held, POOLTOY_RESET, "found so");

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
	explore_saw(code == 0 ? TO_BE_RESET : CLEAN);
}

static void close_after_reset(void)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;

	act_use();
	EXPLORE_CHECK(pooltoy_pool_status(poolio, &status) == 0);
	EXPLORE_CHECK(counts.resets == status.failed_checkins);
	EXPLORE_CHECK(counts.inits == 1);
	pools_close();
}

EXPLORE_SCENARIO(checkin_failed_against_checkin) = {
	.story = "two threads check one lease in, one as failed, to be reset; another client waits",
	.setup = act_open_and_hold,
	.finish = close_after_reset,
	.fibers = { { "client", act_check_in_held, false },
		    { "other", give_up, false },
		    { "waiter", act_use, false } },
	.sights = { [SERVED] = "checked in",
		    [STALE] = "stale",
		    [TO_BE_RESET] = "to be reset",
		    [CLEAN] = "clean" },
	.delays = true,
};
