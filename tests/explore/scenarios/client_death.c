/* SPDX-License-Identifier: MIT */
/* client_death.c: a thread that holds leases ends: each comes back once. */
#include "pools.h"

static struct pooltoy_lease held;
static bool is_held; /* told to the other thread */
static sync_atomic(int) checkins;

enum { DIED, LIVED, CHECKED_IN_BY_OTHER, STALE, SERVED, HANDED_OVER };

static void open_one_worker(void)
{
	pools_open(POOLS_SPEC(.size = 1));
	is_held = false;
	sync_store(&checkins, 0, relaxed);
}

static void close_all(void)
{
	EXPLORE_CHECK(pools_double(21, -1) == 0); /* the worker is back */
	pools_close();
}

/* Dies where it may; else ends without a checkin, which is the same. */
static void hold_until_death(void)
{
	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &held) == 0);
	pools_granted(&held);
	is_held = true;
	explore_die_here();
	explore_saw(LIVED);
	if (pooltoy_checkin(&held) == 0)
		sync_fetch_add(&checkins, 1, relaxed);
}

static void check_in_for_other(void)
{
	sync_yield_until(is_held);
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
	close_all();
}

EXPLORE_SCENARIO(checkin_against_client_death) = {
	.story = "a lease is checked in by another thread while its client dies: it ends once",
	.setup = open_one_worker,
	.finish = close_after_one_checkin,
	.fibers = { { "holder", hold_until_death, false }, { "other", check_in_for_other, false } },
	.sights = { [DIED] = "ended by the death",
		    [LIVED] = "the client lived",
		    [CHECKED_IN_BY_OTHER] = "checked in by the other",
		    [STALE] = "too late" },
	.budget = { .deaths = 1 },
	.delays = true,
};

static void wait_and_use(void)
{
	EXPLORE_CHECK(pools_double(21, -1) == 0);
	explore_saw(SERVED);
}

static void hold_and_end(void)
{
	struct pooltoy_lease lease;

	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &lease) == 0);
	pools_granted(&lease);
}

EXPLORE_SCENARIO(client_death_against_a_waiter) = {
	.story = "a client ends with a lease while another waits: the worker is reset, and serves "
		 "it",
	.setup = open_one_worker,
	.finish = close_all,
	.fibers = { { "holder", hold_and_end, false }, { "waiter", wait_and_use, false } },
	.delays = true,
};

static void wait_to_be_cancelled(void)
{
	struct pooltoy_lease lease;

	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &lease) == 0);
	pools_granted(&lease);
	explore_saw(LIVED);
}

EXPLORE_SCENARIO(client_cancelled_in_checkout) = {
	.story = "a client is cancelled while it waits, and another waits behind it",
	.setup = open_one_worker,
	.finish = close_all,
	.fibers = { { "holder", hold_and_end, false },
		    { "mortal", wait_to_be_cancelled, true },
		    { "waiter", wait_and_use, false } },
	.budget = { .cancels = 1 },
	.delays = true,
};

static void call_to_be_cancelled(void)
{
	struct pooltoy_lease lease;

	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &lease) == 0);
	pools_granted(&lease);
	EXPLORE_CHECK(pools_call(&lease, 21, -1) == 0);
	explore_saw(LIVED);
}

EXPLORE_SCENARIO(client_cancelled_in_a_call) = {
	.story =
		"a client is cancelled in a call: the worker finishes it alone, then serves others",
	.setup = open_one_worker,
	.finish = close_all,
	.fibers = { { "mortal", call_to_be_cancelled, true }, { "waiter", wait_and_use, false } },
	.budget = { .cancels = 1 },
	.delays = true,
};

/* Hand-over: the receiver adopts. */

static void adopt(void)
{
	struct pooltoy_lease lease;
	int code;

	sync_yield_until(is_held);
	lease = held;
	code = pooltoy_lease_adopt(NULL, &lease);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
	if (code) {
		explore_saw(STALE);
		return;
	}
	explore_saw(HANDED_OVER);
	pools_granted(&lease);
	EXPLORE_CHECK(pooltoy_checkin(&held) == POOLTOY_ESTALE);
	EXPLORE_CHECK(pools_call(&lease, 21, -1) == 0);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
}

static void hold_and_hand_over(void)
{
	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &held) == 0);
	pools_granted(&held);
	is_held = true;
}

EXPLORE_SCENARIO(lease_handed_over_as_its_client_dies) = {
	.story = "the receiver adopts a lease while its client ends: it is adopted, or stale",
	.setup = open_one_worker,
	.finish = close_all,
	.fibers = { { "giver", hold_and_hand_over, false }, { "receiver", adopt, false } },
	.delays = true,
};
