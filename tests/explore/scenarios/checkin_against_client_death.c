/* SPDX-License-Identifier: MIT */
/* checkin_against_client_death.c: the lease ends once. */
#include "acts.h"

enum { DIED = ACT_SIGHTS, LIVED, CHECKED_IN_BY_OTHER };

static struct pooltoy_lease held;
static sync_atomic(bool) is_held; /* told to the other thread */
static sync_atomic(int) checkins;

static void open(void)
{
	act_open_one();
	sync_store(&is_held, false, relaxed);
	sync_store(&checkins, 0, relaxed);
}

/* Dies where it may; else ends without a checkin, which is the same. */
static void hold_until_death(void)
{
	act_hold(&held);
	sync_store(&is_held, true, release);
	explore_die_here();
	explore_saw(LIVED);
	if (pooltoy_checkin(&held) == 0)
		sync_fetch_add(&checkins, 1, relaxed);
}

static void check_in_for_other(void)
{
	sync_yield_until(sync_load(&is_held, acquire));
	if (pooltoy_checkin(&held) == 0) {
		sync_fetch_add(&checkins, 1, relaxed);
		explore_saw(CHECKED_IN_BY_OTHER);
	} else {
		explore_saw(STALE);
	}
}

static void close_after_one_checkin(void)
{
	EXPLORE_CHECK(sync_load(&checkins, relaxed) <= 1);
	if (sync_load(&checkins, relaxed) == 0)
		explore_saw(DIED);
	act_use_and_close();
}

EXPLORE_SCENARIO(checkin_against_client_death) = {
	.story = "a lease is checked in by another thread while its client dies: it ends once",
	.setup = open,
	.finish = close_after_one_checkin,
	.fibers = { { "holder", hold_until_death, false }, { "other", check_in_for_other, false } },
	.sights = { [DIED] = "ended by the death",
		    [LIVED] = "the client lived",
		    [CHECKED_IN_BY_OTHER] = "checked in by the other",
		    [STALE] = "too late" },
	.budget = { .client_deaths = 1 },
};
