/* SPDX-License-Identifier: MIT */
/* acts.c: each a few calls of the public API. */
#include "acts.h"

struct pooltoy_lease act_held;

void act_see(int code)
{
	static const struct {
		int code;
		enum act_sight sight;
	} answers[] = {
		{ 0, SERVED },
		{ POOLTOY_ESTALE, STALE },
		{ POOLTOY_ECRASHED, CRASHED },
		{ POOLTOY_ESTOPPED, STOPPED },
		{ POOLTOY_ETIMEDOUT, TIMED_OUT },
		{ POOLTOY_EFAILED, FAILED },
	};

	for (unsigned i = 0; i < sizeof answers / sizeof *answers; i++) {
		if (answers[i].code == code) {
			explore_saw(answers[i].sight);
			return;
		}
	}
	explore_fail("the answer is %d", code);
}

void act_open_one(void)
{
	pools_open(POOLS_SPEC(.size = 1));
}

void act_open_and_hold(void)
{
	act_open_one();
	act_hold(&act_held);
}

void act_open_slow(void)
{
	act_open_one();
	behaviour.calls_take_time = true;
}

void act_open_and_break(void)
{
	act_open_one();
	behaviour.break_in_call = 1;
}

void act_check_in_held(void)
{
	act_see(pooltoy_checkin(&act_held));
}

void act_use(void)
{
	EXPLORE_CHECK(pools_double(21, -1) == 0);
}

void act_use_and_see(void)
{
	act_see(pools_double(21, -1));
}

void act_pass(void)
{
	struct pooltoy_lease lease;
	int code;

	act_hold(&lease);
	code = pooltoy_checkin(&lease);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
}

void act_hold(struct pooltoy_lease *lease)
{
	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, lease) == 0);
	pools_granted(lease);
}

void act_hold_until_both_do(void)
{
	struct pooltoy_lease lease;

	act_hold(&lease);
	counts.holding++;
	sync_yield_until(counts.holding == 2);
	explore_saw(SERVED);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
}

void act_hold_and_end(void)
{
	struct pooltoy_lease lease;

	act_hold(&lease);
}

void act_kill_manager(void)
{
	EXPLORE_CHECK(pooltoy_kill_manager(poolio) == 0);
}

void act_kill_manager_if_up(void)
{
	int code = pooltoy_kill_manager(poolio);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTARTING || code == POOLTOY_EFAILED ||
		      code == POOLTOY_ESTOPPED);
}

void act_kill_worker(void)
{
	int code = pooltoy_kill_worker(poolio, 0);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ENOENT);
}

void act_kill_supervisor(void)
{
	EXPLORE_CHECK(pooltoy_kill_supervisor(poolsup) == 0);
}

void act_stop(void)
{
	EXPLORE_CHECK(pooltoy_stop_pool(poolio, -1) == 0);
}

void act_use_and_close(void)
{
	act_use();
	pools_close();
}

void act_serve(void)
{
	enum { TRIES = 4 };
	int code = 0;

	for (unsigned i = 0; i < TRIES && (code = pools_double(21, -1)) != 0; i++)
		EXPLORE_CHECK(code == POOLTOY_ESTALE || code == POOLTOY_ECRASHED);
	EXPLORE_CHECK(code == 0);
}

void act_serve_and_close(void)
{
	behaviour.calls_take_time = false;
	act_serve();
	pools_close();
}

void act_close_after_restart(void)
{
	sync_yield_until(counts.events[POOLTOY_EVENT_POOL_RESTARTED] == 1);
	act_use_and_close();
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_POOL_CRASHED] == 1);
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_POOL_RESTARTED] == 1);
}

void act_close_whether_restarted_or_not(void)
{
	act_serve();
	pools_close();
	explore_saw(counts.events[POOLTOY_EVENT_POOL_CRASHED] ? RESTARTED : UNHURT);
}

void act_close_after_kill_of_supervisor(void)
{
	sync_yield_until(counts.events[POOLTOY_EVENT_SUPERVISOR_RESTARTED] == 1);
	act_use_and_close();
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_SUPERVISOR_RESTARTED] == 1);
}
