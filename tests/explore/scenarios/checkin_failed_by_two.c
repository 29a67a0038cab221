/* SPDX-License-Identifier: MIT */
/* checkin_failed_by_two.c: one of them is in time, and what it says is kept. */
#include "acts.h"

static unsigned given_up;

static void open_and_serve(void)
{
	act_open_one();
	act_use();
	act_hold(&act_held);
	given_up = 0;
}

static void give_up(void)
{
	int code = pooltoy_checkin_failed(&act_held, POOLTOY_REPLACE, "found so");

	act_see(code);
	given_up += code == 0;
}

static void close_after_one_death(void)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;

	act_serve();
	EXPLORE_CHECK(pooltoy_pool_status(poolio, &status) == 0);
	EXPLORE_CHECK(given_up == 1 && status.worker_deaths == 1 && status.failed_checkins == 1);
	EXPLORE_CHECK(strstr(status.last_reason, "checked in as failed: found so"));
	pools_close();
}

EXPLORE_SCENARIO(checkin_failed_by_two) = {
	.story = "two threads check one lease in as failed: its worker ends once, and says why",
	.setup = open_and_serve,
	.finish = close_after_one_death,
	.fibers = { { "client", give_up, false }, { "other", give_up, false } },
	.sights = { [SERVED] = "in time", [STALE] = "too late" },
	.delays = true,
};
