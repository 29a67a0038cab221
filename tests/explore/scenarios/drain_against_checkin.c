/* SPDX-License-Identifier: MIT */
/* drain_against_checkin.c: a drain ends with the last lease, and there is none afterwards. */
#include "pause.h"
#include "pool.h"

static void drain(void)
{
	const struct laws_account *account = laws_account();
	unsigned leases;

	EXPLORE_CHECK(pooltoy_pool_drain(poolio, -1) == 0);
	leases = account->leases;
	EXPLORE_CHECK(account->leases_ended == leases);
	sync_yield_until(true);
	EXPLORE_CHECK(account->leases == leases);
	EXPLORE_CHECK(pooltoy_pool_resume(poolio) == 0);
}

EXPLORE_SCENARIO(drain_against_checkin) = {
	.story = "a pool is drained while its worker is checked in, and a client waits",
	.setup = act_open_and_hold,
	.finish = pause_close,
	.fibers = { { "drainer", drain, false },
		    { "holder", act_check_in_held, false },
		    { "waiter", act_pass, false } },
	.sights = { [SERVED] = "checked in" },
	.delays = true,
};

EXPLORE_SCENARIO(drain_against_a_kill) = {
	.story = "a pool is drained while its worker, which is leased, is killed",
	.setup = act_open_and_hold,
	.finish = pause_close,
	.fibers = { { "drainer", drain, false },
		    { "killer", act_kill_worker, false },
		    { "holder", act_check_in_held, false } },
	.sights = { [SERVED] = "checked in", [STALE] = "stale" },
	.delays = true,
};
