/* SPDX-License-Identifier: MIT */
/* crash.c: workers that die, with a caller, with a waiter, and by a kill. */
#include "pools.h"

enum { CRASHED, TIMED_OUT, ANSWERED };

static void open_and_break(void)
{
	pools_open(POOLS_SPEC(.size = 1));
	behaviour.break_in_call = 1;
}

static void close_all(void)
{
	behaviour.break_in_call = 0;
	behaviour.calls_take_time = false;
	EXPLORE_CHECK(pools_double(21, -1) == 0);
	pools_close();
}

static void call_with_a_timeout(void)
{
	switch (pools_double(21, 10)) {
	case POOLTOY_ECRASHED:
		explore_saw(CRASHED);
		break;
	case POOLTOY_ETIMEDOUT:
		explore_saw(TIMED_OUT);
		break;
	default:
		explore_fail("a call of a worker that breaks was answered");
	}
}

static void wait_and_use(void)
{
	int code = pools_double(21, -1);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ECRASHED || code == POOLTOY_ESTALE);
	explore_saw(code ? CRASHED : ANSWERED);
}

EXPLORE_SCENARIO(crash_in_a_call_against_its_timeout) = {
	.story = "the handler breaks as its caller's time is over: crashed, or timed out",
	.setup = open_and_break,
	.finish = close_all,
	.fibers = { { "caller", call_with_a_timeout, false } },
	.sights = { "crashed", "timed out" },
	.budget = { .timeouts = 1 },
	.delays = true,
};

EXPLORE_SCENARIO(crash_against_a_waiter) = {
	.story = "a worker breaks in a call while another client waits: a new one serves it",
	.setup = open_and_break,
	.finish = close_all,
	.fibers = { { "one", wait_and_use, false }, { "other", wait_and_use, false } },
	.sights = { [CRASHED] = "crashed", [ANSWERED] = "answered" },
	.delays = true,
};

static void open_one_worker(void)
{
	pools_open(POOLS_SPEC(.size = 1));
}

static void kill_worker(void)
{
	int code = pooltoy_kill_worker(poolio, 0);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ENOENT);
}

EXPLORE_SCENARIO(kill_of_a_worker_against_a_call) = {
	.story = "a worker is killed around a checkout, a call and a checkin",
	.setup = open_one_worker,
	.finish = close_all,
	.fibers = { { "client", wait_and_use, false }, { "killer", kill_worker, false } },
	.sights = { [CRASHED] = "crashed or stale", [ANSWERED] = "answered" },
	.delays = true,
};

static void open_slow(void)
{
	pools_open(POOLS_SPEC(.size = 1));
	behaviour.calls_take_time = true; /* until the first interrupt */
}

static void call_and_give_up(void)
{
	int code = pools_double(21, 10);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ETIMEDOUT);
	explore_saw(code ? TIMED_OUT : ANSWERED);
}

/* With the clock let loose its grace time may be over, too: then the worker is replaced. */
static void close_after_interrupt(void)
{
	int code = 0;

	behaviour.calls_take_time = false;
	for (unsigned i = 0; i < 2 && (code = pools_double(21, -1)) != 0; i++)
		EXPLORE_CHECK(code == POOLTOY_ESTALE || code == POOLTOY_ECRASHED);
	EXPLORE_CHECK(code == 0);
	pools_close();
}

EXPLORE_SCENARIO(call_interrupted_at_its_timeout) = {
	.story = "a handler that takes for ever is interrupted by its caller, and ends",
	.setup = open_slow,
	.finish = close_after_interrupt,
	.fibers = { { "caller", call_and_give_up, false } },
	.budget = { .timeouts = 1 },
	.delays = true,
};

static void open_and_break_in_reset(void)
{
	pools_open(POOLS_SPEC(.size = 1));
	behaviour.break_in_reset = 1;
}

static void hold_and_end(void)
{
	struct pooltoy_lease lease;

	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &lease) == 0);
	pools_granted(&lease);
}

static void close_after_reset(void)
{
	EXPLORE_CHECK(pools_double(21, -1) == 0);
	pools_close();
	EXPLORE_CHECK(counts.resets == 1);
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_WORKER_DIED] == 1);
}

static void use(void)
{
	EXPLORE_CHECK(pools_double(21, -1) == 0);
	explore_saw(ANSWERED);
}

EXPLORE_SCENARIO(reset_that_fails) = {
	.story =
		"a client dies, the reset fails, the worker is replaced; a waiter gets the new one",
	.setup = open_and_break_in_reset,
	.finish = close_after_reset,
	.fibers = { { "holder", hold_and_end, false }, { "waiter", use, false } },
	.delays = true,
};

static void open_and_fail_in_init(void)
{
	pools_open(POOLS_SPEC(.size = 0, .max_overflow = 1));
	behaviour.fail_in_init = 1;
}

static void close_after_failed_init(void)
{
	pools_close();
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_WORKER_START_FAILED] == 1);
}

EXPLORE_SCENARIO(init_that_fails) = {
	.story =
		"a worker cannot be started at first: who waits for it is served after the backoff",
	.setup = open_and_fail_in_init,
	.finish = close_after_failed_init,
	.fibers = { { "client", use, false } },
	.budget = { .timeouts = 1 },
	.delays = true,
};

/* Nothing but an interrupt ends the handler. */

static void wait_for_the_end(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(poolio, -1, &lease);

	if (code == POOLTOY_ESTOPPED)
		return;
	EXPLORE_CHECK(code == 0);
	pools_granted(&lease);
	code = pools_call(&lease, 21, -1);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ECRASHED || code == POOLTOY_ESTALE);
	explore_saw(code ? CRASHED : ANSWERED);
	code = pooltoy_checkin(&lease);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
}

/* Killed before the call, there would be nobody to interrupt the next one: then it gives up. */
static void call_and_bear_it(void)
{
	int code = pools_double(21, 10000);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ECRASHED || code == POOLTOY_ESTALE ||
		      code == POOLTOY_ETIMEDOUT);
	explore_saw(code ? CRASHED : ANSWERED);
}

static void stop_at_once(void)
{
	EXPLORE_CHECK(pooltoy_stop_pool(poolio, 0) == 0);
}

EXPLORE_SCENARIO(stop_interrupts_a_call) = {
	.story = "a pool is stopped under a slow call: it is interrupted, and no terminate meets "
		 "that",
	.setup = open_slow,
	.finish = pools_close,
	.fibers = { { "caller", wait_for_the_end, false }, { "stopper", stop_at_once, false } },
	.sights = { [CRASHED] = "crashed", [ANSWERED] = "answered" },
	.delays = true,
};

EXPLORE_SCENARIO(kill_interrupts_a_call) = {
	.story = "a worker is killed under a slow call: it is interrupted, and another takes its "
		 "place",
	.setup = open_slow,
	.finish = close_after_interrupt,
	.fibers = { { "caller", call_and_bear_it, false }, { "killer", kill_worker, false } },
	.sights = { [CRASHED] = "crashed" },
	.delays = true,
};
