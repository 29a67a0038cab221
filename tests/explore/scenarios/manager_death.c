/* SPDX-License-Identifier: MIT */
/* manager_death.c: the manager dies, against each thing that a client may be doing. */
#include "pools.h"

static struct pooltoy_lease held;

enum { SERVED, STALE, CRASHED };

static void open_one_worker(void)
{
	pools_open(POOLS_SPEC(.size = 1));
}

static void open_and_hold(void)
{
	open_one_worker();
	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &held) == 0);
	pools_granted(&held);
}

/* A new instance serves. A kill is a request: the death may be still to come. */
static void close_after_restart(void)
{
	sync_yield_until(counts.events[POOLTOY_EVENT_POOL_RESTARTED] == 1);
	EXPLORE_CHECK(pools_double(21, -1) == 0);
	pools_close();
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_POOL_CRASHED] == 1);
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_POOL_RESTARTED] == 1);
}

static void kill_manager(void)
{
	EXPLORE_CHECK(pooltoy_kill_manager(poolio) == 0);
}

/* The lease ends by the checkin or by the restart, and the waiter does not notice which. */
static void check_in(void)
{
	int code = pooltoy_checkin(&held);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
	explore_saw(code ? STALE : SERVED);
}

static void wait_for_worker(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(poolio, -1, &lease);

	explore_note("checkout: %d", code);
	EXPLORE_CHECK(code == 0);
	pools_granted(&lease);
	code = pooltoy_checkin(&lease);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
}

EXPLORE_SCENARIO(manager_death_against_a_waiter) = {
	.story = "the manager dies while a client waits: it goes on waiting, and is served",
	.setup = open_and_hold,
	.finish = close_after_restart,
	.fibers = { { "waiter", wait_for_worker, false }, { "killer", kill_manager, false } },
	.delays = true,
};

EXPLORE_SCENARIO(manager_death_against_checkin) = {
	.story = "the manager dies as a client checks in and another waits",
	.setup = open_and_hold,
	.finish = close_after_restart,
	.fibers = { { "holder", check_in, false },
		    { "waiter", wait_for_worker, false },
		    { "killer", kill_manager, false } },
	.sights = { [SERVED] = "checked in", [STALE] = "stale" },
	.delays = true,
};

static void use(void)
{
	int code = pools_double(21, -1);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE || code == POOLTOY_ECRASHED);
	explore_saw(code == 0 ? SERVED : code == POOLTOY_ESTALE ? STALE : CRASHED);
}

EXPLORE_SCENARIO(manager_death_against_a_call) = {
	.story =
		"the manager dies around a checkout, a call and a checkin: each has a clear answer",
	.setup = open_one_worker,
	.finish = close_after_restart,
	.fibers = { { "client", use, false }, { "killer", kill_manager, false } },
	.sights = { [SERVED] = "served", [STALE] = "stale", [CRASHED] = "crashed" },
	.delays = true,
};

static void borrow(void)
{
	void *state;
	int code = pooltoy_lease_state(&held, &state);

	if (code) {
		EXPLORE_CHECK(code == POOLTOY_ESTALE);
		explore_saw(STALE);
		return;
	}
	SYNC_POINT("use", state);
	SYNC_POINT("use", state); /* its memory must be there */
	code = pooltoy_lease_state_done(&held);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
	explore_saw(SERVED);
}

EXPLORE_SCENARIO(manager_death_against_a_borrowed_state) = {
	.story = "a client uses the state as its pool restarts: nothing is terminated under it",
	.setup = open_and_hold,
	.finish = close_after_restart,
	.fibers = { { "borrower", borrow, false }, { "killer", kill_manager, false } },
	.sights = { [SERVED] = "borrowed", [STALE] = "stale" },
	.delays = true,
};
