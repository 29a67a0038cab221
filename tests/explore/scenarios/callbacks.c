/* SPDX-License-Identifier: MIT */
/* callbacks.c: workers that end inside their callbacks, and callbacks that call the library. */
#include "pools.h"

enum { SERVED, CRASHED, DEADLOCK, EXITED };

static void open_one_worker(void)
{
	pools_open(POOLS_SPEC(.size = 1));
}

static void close_all(void)
{
	int code = 0;

	for (unsigned i = 0; i < 3 && (code = pools_double(21, -1)) != 0; i++)
		EXPLORE_CHECK(code == POOLTOY_ESTALE || code == POOLTOY_ECRASHED);
	EXPLORE_CHECK(code == 0);
	pools_close();
}

static void use(void)
{
	int code = pools_double(21, -1);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ECRASHED || code == POOLTOY_ESTALE);
	explore_saw(code ? CRASHED : SERVED);
}

static void kill_manager(void)
{
	EXPLORE_CHECK(pooltoy_kill_manager(poolio) == 0);
}

EXPLORE_SCENARIO(worker_ends_in_its_handler) = {
	.story = "a worker's thread ends inside its handler, as the manager dies or not",
	.setup = open_one_worker,
	.finish = close_all,
	.fibers = { { "client", use, false }, { "killer", kill_manager, false } },
	.sights = { [SERVED] = "served", [CRASHED] = "crashed" },
	.budget = { .deaths = 1 },
	.delays = true,
};

/* Calls from inside. */

static int ask_from_inside(struct pooltoy_worker *self, void *state, const void *request,
			   size_t length)
{
	struct pooltoy_lease lease;
	int code;

	(void)state;
	(void)request;
	(void)length;
	EXPLORE_CHECK(pooltoy_worker_pool(self) == poolio);
	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &lease) == POOLTOY_EDEADLK);
	EXPLORE_CHECK(pooltoy_stop_pool(poolio, -1) == POOLTOY_EDEADLK);
	EXPLORE_CHECK(pooltoy_supervisor_stop(poolsup, -1) == POOLTOY_EDEADLK);
	explore_saw(DEADLOCK);
	code = pooltoy_checkout(poolio, 0, &lease);
	EXPLORE_CHECK(code == POOLTOY_EFULL || code == POOLTOY_ESTARTING ||
		      code == POOLTOY_ESTOPPED);
	code = pooltoy_kill_manager(poolio);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTARTING || code == POOLTOY_ESTOPPED);
	pooltoy_worker_exit(self, "enough");
}

static const struct pooltoy_worker_ops asker = POOLTOY_WORKER_OPS(.handle_call = ask_from_inside);

static void open_asker(void)
{
	pools_open_with(&asker, POOLS_SPEC(.size = 1));
}

static void ask(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(poolio, -1, &lease);

	if (code == POOLTOY_ESTOPPED)
		return;
	EXPLORE_CHECK(code == 0);
	pools_granted(&lease);
	code = pooltoy_call(&lease, NULL, 0, NULL, NULL, -1);
	EXPLORE_CHECK(code == POOLTOY_ECRASHED || code == POOLTOY_ESTALE);
	if (strstr(pooltoy_last_error(), "enough"))
		explore_saw(EXITED);
}

static void stop_pool(void)
{
	EXPLORE_CHECK(pooltoy_stop_pool(poolio, -1) == 0);
}

EXPLORE_SCENARIO(calls_from_inside_a_callback) = {
	.story = "a handler checks out, stops, kills and exits, while its pool is stopped from "
		 "outside",
	.setup = open_asker,
	.finish = pools_close,
	.fibers = { { "client", ask, false }, { "stopper", stop_pool, false } },
	.sights = { [DEADLOCK] = "would have deadlocked", [EXITED] = "exited with its reason" },
	.delays = true,
};

/* A transaction whose function ends the thread. */

static int die_within(const struct pooltoy_lease *lease, void *argument)
{
	(void)argument;
	pools_granted(lease);
	explore_die_here();
	explore_saw(SERVED);
	return pools_call(lease, 21, -1);
}

static void transact(void)
{
	int code = pooltoy_transaction(poolio, die_within, NULL, -1);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ECRASHED); /* the worker may be the one to die */
}

static void open_for_transactions(void)
{
	pools_open(POOLS_SPEC(.size = 1));
}

EXPLORE_SCENARIO(transaction_that_dies) = {
	.story = "a thread ends, or is cancelled, within a transaction, and another waits",
	.setup = open_for_transactions,
	.finish = close_all,
	.fibers = { { "one", transact, true }, { "other", transact, true } },
	.sights = { [SERVED] = "lived" },
	.budget = { .deaths = 1, .cancels = 1 },
	.delays = true,
};
