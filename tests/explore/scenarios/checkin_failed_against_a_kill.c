/* SPDX-License-Identifier: MIT */
/* checkin_failed_against_a_kill.c: one of the two ends the worker, and it says why. */
#include "acts.h"

enum { GIVEN_UP = ACT_SIGHTS, KILLED };

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

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
	given_up += code == 0;
}

static void close_after_one_death(void)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;
	bool says_so;

	act_serve();
	EXPLORE_CHECK(pooltoy_pool_status(poolio, &status) == 0);
	says_so = strstr(status.last_reason, "found so") != NULL;
	explore_saw(says_so ? GIVEN_UP : KILLED);
	if (status.worker_deaths == 1)
		EXPLORE_CHECK(says_so == (given_up > 0));
	EXPLORE_CHECK(status.failed_checkins == given_up);
	pools_close();
}

EXPLORE_SCENARIO(checkin_failed_against_a_kill) = {
	.story = "a worker is checked in as failed by two threads, and killed: it ends once, and "
		 "says why",
	.setup = open_and_serve,
	.finish = close_after_one_death,
	.fibers = { { "client", give_up, false },
		    { "other", give_up, false },
		    { "killer", act_kill_worker, false } },
	.sights = { [GIVEN_UP] = "given up", [KILLED] = "killed" },
	.delays = true,
};
