/* SPDX-License-Identifier: MIT */
/* restarts.c: a manager that dies while its workers start, dies twice, or dies with a large pool. */
#include "pools.h"

enum { SERVED, TRIED };

static void start_without_waiting(void)
{
	pools_open(POOLS_SPEC(.size = 0, .max_overflow = 2));
}

static void use(void)
{
	int code = pools_double(21, -1);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE || code == POOLTOY_ECRASHED);
	if (code == 0)
		explore_saw(SERVED);
}

static void kill_manager(void)
{
	EXPLORE_CHECK(pooltoy_kill_manager(poolio) == 0);
}

static void close_all(void)
{
	int code = 0;

	for (unsigned i = 0; i < 3 && (code = pools_double(21, -1)) != 0; i++)
		EXPLORE_CHECK(code == POOLTOY_ESTALE || code == POOLTOY_ECRASHED);
	EXPLORE_CHECK(code == 0);
	pools_close();
}

EXPLORE_SCENARIO(manager_death_as_workers_start) = {
	.story = "the manager dies, perhaps twice, while a worker is being started for a client",
	.setup = start_without_waiting,
	.finish = close_all,
	.fibers = { { "client", use, false },
		    { "killer", kill_manager, false },
		    { "another", kill_manager, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};

static void try_once(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(poolio, 0, &lease);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_EFULL || code == POOLTOY_ESTARTING);
	if (code) {
		explore_saw(TRIED);
		return;
	}
	pools_granted(&lease);
	explore_saw(SERVED);
	code = pooltoy_checkin(&lease);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
}

static void open_two_workers(void)
{
	pools_open(POOLS_SPEC(.size = 2, .strategy = POOLTOY_LIFO));
}

EXPLORE_SCENARIO(manager_death_against_tries_lifo) = {
	.story = "clients try, and never wait, while the pool restarts under them",
	.setup = open_two_workers,
	.finish = close_all,
	.fibers = { { "one", try_once, false },
		    { "other", try_once, false },
		    { "killer", kill_manager, false } },
	.sights = { [SERVED] = "served", [TRIED] = "in vain" },
	.delays = true,
};

static void open_failing(void)
{
	pools_open(POOLS_SPEC(.size = 0, .max_overflow = 1));
	behaviour.fail_in_init = 100;
}

static void wait_for_nothing(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(poolio, 1000, &lease);

	EXPLORE_CHECK(code == POOLTOY_ETIMEDOUT || code == POOLTOY_ESTOPPED);
}

static void stop_pool(void)
{
	EXPLORE_CHECK(pooltoy_stop_pool(poolio, -1) == 0);
}

EXPLORE_SCENARIO(stop_of_a_pool_that_cannot_start) = {
	.story = "init always fails, a client waits in vain, the pool is stopped in the middle of "
		 "it",
	.setup = open_failing,
	.finish = pools_close,
	.fibers = { { "client", wait_for_nothing, false }, { "stopper", stop_pool, false } },
	.budget = { .timeouts = 1 },
	.delays = true,
};

static void open_replacing(void)
{
	pools_open(POOLS_SPEC(.size = 1, .on_client_death = POOLTOY_REPLACE));
}

static void hold_and_end(void)
{
	struct pooltoy_lease lease;

	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &lease) == 0);
	pools_granted(&lease);
}

static void close_after_replacement(void)
{
	EXPLORE_CHECK(pools_double(21, -1) == 0);
	pools_close();
	EXPLORE_CHECK(counts.inits == 2 && counts.resets == 0);
}

EXPLORE_SCENARIO(client_death_replaces_its_worker) = {
	.story = "a client ends with a lease of a pool that replaces such workers; another waits",
	.setup = open_replacing,
	.finish = close_after_replacement,
	.fibers = { { "holder", hold_and_end, false }, { "waiter", use, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
