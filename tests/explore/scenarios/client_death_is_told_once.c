/* SPDX-License-Identifier: MIT */
/* client_death_is_told_once.c: the event of a client's death is told by who ended the lease, if it was that. */
#include "pools.h"

enum { DIED, CHECKED_IN };

static struct pooltoy_lease held;
static bool is_held;
static unsigned checkins;

static void open_one_worker(void)
{
	pools_open(POOLS_SPEC(.size = 1));
	is_held = false;
	checkins = 0;
}

static void hold_and_end(void)
{
	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &held) == 0);
	pools_granted(&held);
	is_held = true;
}

static void check_in_for_other(void)
{
	sync_yield_until(is_held);
	checkins += pooltoy_checkin(&held) == 0;
}

static void close_and_count(void)
{
	pools_close();
	explore_saw(checkins ? CHECKED_IN : DIED);
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_CLIENT_DIED] + checkins == 1);
}

EXPLORE_SCENARIO(client_death_is_told_once) = {
	.story = "a client ends as its lease is checked in: its death is told if that ended the "
		 "lease",
	.setup = open_one_worker,
	.finish = close_and_count,
	.fibers = { { "holder", hold_and_end, false }, { "other", check_in_for_other, false } },
	.sights = { [DIED] = "ended by the death", [CHECKED_IN] = "ended by the checkin" },
	.delays = true,
};
