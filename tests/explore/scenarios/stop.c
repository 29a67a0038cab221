/* SPDX-License-Identifier: MIT */
/* stop.c: a pool and its supervisor are stopped, whatever clients are doing. */
#include "pools.h"

static struct pooltoy_lease held;

enum { SERVED, STOPPED, STALE, CRASHED, FIRST, SECOND };

static void open_and_hold(void)
{
	pools_open(POOLS_SPEC(.size = 1));
	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &held) == 0);
	pools_granted(&held);
}

static void open_one_worker(void)
{
	pools_open(POOLS_SPEC(.size = 1));
}

static void see(int code)
{
	switch (code) {
	case 0:
		explore_saw(SERVED);
		break;
	case POOLTOY_ESTOPPED:
		explore_saw(STOPPED);
		break;
	case POOLTOY_ESTALE:
		explore_saw(STALE);
		break;
	case POOLTOY_ECRASHED:
		explore_saw(CRASHED);
		break;
	default:
		explore_fail("a stop answers a client with %d", code);
	}
}

static void stop_pool(void)
{
	int code = pooltoy_stop_pool(poolio, -1);

	explore_note("stop: %d", code);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTOPPED);
	explore_saw(code ? SECOND : FIRST);
}

static void use(void)
{
	see(pools_double(21, -1));
}

static void check_in(void)
{
	see(pooltoy_checkin(&held));
}

static void call(void)
{
	see(pools_call(&held, 21, -1));
}

static void find_and_use(void)
{
	struct pooltoy_pool *found;
	int code = pooltoy_find_pool(poolsup, "poolio", &found);

	if (code) {
		EXPLORE_CHECK(code == POOLTOY_ENOENT);
		return;
	}
	EXPLORE_CHECK(found == poolio);
	code = pooltoy_kill_manager(found);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTOPPED);
	pooltoy_pool_release(found);
}

EXPLORE_SCENARIO(stop_against_a_waiter) = {
	.story = "a pool is stopped while one client holds its worker and another waits",
	.setup = open_and_hold,
	.finish = pools_close,
	.fibers = { { "holder", check_in, false },
		    { "waiter", use, false },
		    { "stopper", stop_pool, false } },
	.sights = { [SERVED] = "served", [STOPPED] = "stopped", [STALE] = "stale" },
	.delays = true,
};

EXPLORE_SCENARIO(stop_against_a_call) = {
	.story = "a pool is stopped around a call",
	.setup = open_and_hold,
	.finish = pools_close,
	.fibers = { { "caller", call, false }, { "stopper", stop_pool, false } },
	.sights = { [SERVED] = "served", [STALE] = "stale" },
	.delays = true,
};

EXPLORE_SCENARIO(stop_against_everything) = {
	.story = "a caller, a client that comes, one that finds the pool by name and kills its "
		 "manager, a second stop",
	.setup = open_one_worker,
	.finish = pools_close,
	.fibers = { { "client", use, false },
		    { "finder", find_and_use, false },
		    { "stopper", stop_pool, false },
		    { "another", stop_pool, false } },
	.sights = { [SERVED] = "served",
		    [STOPPED] = "stopped",
		    [FIRST] = "stopped by this one",
		    [SECOND] = "stopped by the other" },
	.delays = true,
	.bound = 1,
};

/* The supervisor. */

static void kill_supervisor(void)
{
	EXPLORE_CHECK(pooltoy_kill_supervisor(poolsup) == 0);
}

static void close_after_kill(void)
{
	sync_yield_until(counts.events[POOLTOY_EVENT_SUPERVISOR_RESTARTED] == 1);
	EXPLORE_CHECK(pools_double(21, -1) == 0);
	pools_close();
	EXPLORE_CHECK(counts.events[POOLTOY_EVENT_SUPERVISOR_RESTARTED] == 1);
}

static void close_after_both_kills(void)
{
	sync_yield_until(counts.events[POOLTOY_EVENT_POOL_RESTARTED] == 1);
	close_after_kill();
}

static void kill_manager(void)
{
	EXPLORE_CHECK(pooltoy_kill_manager(poolio) == 0);
}

static void use_whatever_comes(void)
{
	int code = pools_double(21, -1);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE || code == POOLTOY_ECRASHED);
}

EXPLORE_SCENARIO(kill_of_the_supervisor) = {
	.story = "the supervisor dies as a manager does: its next life restarts the pool",
	.setup = open_one_worker,
	.finish = close_after_both_kills,
	.fibers = { { "killer", kill_supervisor, false },
		    { "manager's", kill_manager, false },
		    { "client", use_whatever_comes, false } },
	.delays = true,
};

static void nothing(void)
{
}

static void kill_and_close(void)
{
	explore_choices(true);
	kill_supervisor();
	pools_close();
}

EXPLORE_SCENARIO(kill_of_the_supervisor_against_its_stop) = {
	.story = "the supervisor is killed, and stopped before or after its next life begins",
	.setup = open_one_worker,
	.finish = kill_and_close,
	.fibers = { { "nobody", nothing, false } },
	.delays = true,
};

static struct pooltoy_pool *pooly;

static void start_another(void)
{
	struct pooltoy_pool_spec spec = POOLS_SPEC(.name = "pooly", .size = 1);
	static const struct pooltoy_worker_ops plain = POOLTOY_WORKER_OPS(.init = NULL);

	spec.worker = &plain;
	EXPLORE_CHECK(pooltoy_start_pool(poolsup, &spec, &pooly) == 0);
}

static void close_both(void)
{
	struct pooltoy_lease lease;

	EXPLORE_CHECK(pooltoy_checkout(pooly, -1, &lease) == 0);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
	close_after_kill();
	EXPLORE_CHECK(pooltoy_checkout(pooly, -1, &lease) == POOLTOY_ESTOPPED);
	pooltoy_pool_release(pooly);
}

EXPLORE_SCENARIO(kill_of_the_supervisor_against_a_start) = {
	.story = "a pool is started while the supervisor dies: its next life starts it",
	.setup = open_one_worker,
	.finish = close_both,
	.fibers = { { "killer", kill_supervisor, false }, { "starter", start_another, false } },
	.delays = true,
};

static void stop_all(void)
{
	EXPLORE_CHECK(pooltoy_supervisor_stop(poolsup, -1) == 0);
	poolsup = NULL;
}

EXPLORE_SCENARIO(stop_of_the_supervisor_against_clients) = {
	.story = "a supervisor is stopped while one client holds a worker and another wants it",
	.setup = open_and_hold,
	.finish = pools_close,
	.fibers = { { "holder", check_in, false },
		    { "waiter", use, false },
		    { "stopper", stop_all, false } },
	.sights = { [SERVED] = "served", [STOPPED] = "stopped", [STALE] = "stale" },
	.delays = true,
};
