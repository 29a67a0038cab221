/* SPDX-License-Identifier: MIT */
/* checkin_failed_against_a_call.c: a call of the same lease is answered, or told of the end. */
#include "acts.h"

enum { TOLD_WHY = ACT_SIGHTS };

static void open_and_serve(void)
{
	act_open_one();
	act_use();
	act_hold(&act_held);
}

static void call(void)
{
	int code = pools_call(&act_held, 21, -1);

	act_see(code);
	if (code == POOLTOY_ECRASHED) {
		EXPLORE_CHECK(strstr(pooltoy_last_error(), "found so"));
		explore_saw(TOLD_WHY);
	}
}

static void give_up(void)
{
	EXPLORE_CHECK(pooltoy_checkin_failed(&act_held, POOLTOY_REPLACE, "found so") == 0);
}

EXPLORE_SCENARIO(checkin_failed_against_a_call) = {
	.story = "a worker is checked in as failed beside a call of the same lease; another waits",
	.setup = open_and_serve,
	.finish = act_serve_and_close,
	.fibers = { { "client", give_up, false },
		    { "caller", call, false },
		    { "waiter", act_use, false } },
	.sights = { [SERVED] = "answered",
		    [STALE] = "stale",
		    [CRASHED] = "crashed",
		    [TOLD_WHY] = "told why" },
	.delays = true,
};
