/* SPDX-License-Identifier: MIT */
/* life_of_a_pool.c: backoff, failure, revival; an exclusive pool; two starts; a walk. */
#include "pools.h"

enum { SERVED, FAILED, STARTING, EXISTS, WALKED };

/* Restarts are not forgiven at all; the backoff is given up at once. */
static void open_fragile(void)
{
	pools_open(POOLS_SPEC(.size = 1, .max_restarts = POOLTOY_NONE, .give_up_after = 1));
}

static void kill_manager(void)
{
	int code = pooltoy_kill_manager(poolio);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTARTING || code == POOLTOY_EFAILED);
}

static void use(void)
{
	int code = pools_double(21, -1);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_EFAILED || code == POOLTOY_ESTALE ||
		      code == POOLTOY_ECRASHED);
	explore_saw(code == 0 ? SERVED : FAILED);
}

static void revive(void)
{
	EXPLORE_CHECK(pooltoy_pool_revive(poolio) == 0);
}

static void revive_and_close(void)
{
	int code = 0;

	/* The death may be still to come; whatever the pool's state then, it is revived. */
	sync_yield_until(counts.events[POOLTOY_EVENT_POOL_CRASHED] == 1);
	explore_advance(1000000000000);
	revive();
	/* A worker of the old instance may answer yet. */
	for (unsigned i = 0; i < 2 && (code = pools_double(21, -1)) != 0; i++)
		EXPLORE_CHECK(code == POOLTOY_ESTALE || code == POOLTOY_ECRASHED);
	EXPLORE_CHECK(code == 0);
	pools_close();
}

EXPLORE_SCENARIO(revive_of_a_pool_in_backoff) = {
	.story =
		"a pool that may not restart goes to backoff, and is revived, while a client comes",
	.setup = open_fragile,
	.finish = revive_and_close,
	.fibers = { { "killer", kill_manager, false },
		    { "client", use, false },
		    { "reviver", revive, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};

/* Not given up before long: the client does not notice, but that it takes a while. */
static void open_patient(void)
{
	pools_open(POOLS_SPEC(.size = 1, .max_restarts = POOLTOY_NONE));
}

static void wait_through_backoff(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(poolio, -1, &lease);

	EXPLORE_CHECK(code == 0);
	pools_granted(&lease);
	explore_saw(SERVED);
	code = pooltoy_checkin(&lease);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
}

static void try_in_backoff(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(poolio, 0, &lease);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_EFULL || code == POOLTOY_ESTARTING);
	if (code == POOLTOY_ESTARTING)
		explore_saw(STARTING);
}

static void close_after_backoff(void)
{
	sync_yield_until(counts.events[POOLTOY_EVENT_POOL_BACKOFF] == 1);
	wait_through_backoff();
	pools_close();
}

EXPLORE_SCENARIO(backoff_against_a_waiter) = {
	.story = "a pool goes to backoff while a client waits: it goes on waiting, and is served",
	.setup = open_patient,
	.finish = close_after_backoff,
	.fibers = { { "killer", kill_manager, false },
		    { "client", wait_through_backoff, false },
		    { "tries", try_in_backoff, false } },
	.sights = { [SERVED] = "served", [STARTING] = "tried in vain" },
	.delays = true,
};

/* A single writer. */

static unsigned writers;

static int writer_init(struct pooltoy_worker *self, void *argument, void **state)
{
	(void)self;
	(void)argument;
	(void)state;
	EXPLORE_CHECK(writers == 0);
	writers++;
	counts.inits++;
	SYNC_POINT("init", NULL);
	return 0;
}

static void writer_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	(void)self;
	(void)state;
	(void)reason;
	SYNC_POINT("terminate", NULL);
	writers--;
	counts.terminates++;
}

static const struct pooltoy_worker_ops writer =
	POOLTOY_WORKER_OPS(.init = writer_init, .terminate = writer_terminate);

static void open_writer(void)
{
	writers = 0;
	pools_open_with(&writer, POOLS_SPEC(.size = 1, .exclusive = 1));
}

static void check_out_and_in(void)
{
	struct pooltoy_lease lease;
	int code;

	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &lease) == 0);
	pools_granted(&lease);
	code = pooltoy_checkin(&lease);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
	explore_saw(SERVED);
}

static void close_writer(void)
{
	sync_yield_until(counts.events[POOLTOY_EVENT_POOL_RESTARTED] == 1);
	check_out_and_in();
	pools_close();
}

static void kill_worker(void)
{
	int code = pooltoy_kill_worker(poolio, -1);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ENOENT || code == POOLTOY_ESTOPPED);
}

EXPLORE_SCENARIO(exclusive_writer) = {
	.story = "manager and worker of an exclusive pool die: there are never two writers",
	.setup = open_writer,
	.finish = close_writer,
	.fibers = { { "killer", kill_manager, false },
		    { "another", kill_worker, false },
		    { "client", check_out_and_in, false } },
	.sights = { [SERVED] = "served" },
	.budget = { .timeouts = 1 }, /* it is overdue, and nobody takes its place */
	.delays = true,
};

/* The name. */

static const struct pooltoy_worker_ops plain = POOLTOY_WORKER_OPS(.init = NULL);
static unsigned twins_started;

static void start_twin(void)
{
	struct pooltoy_pool *twin;
	struct pooltoy_pool_spec spec = POOLS_SPEC(.name = "twin", .worker = &plain, .size = 1);
	int code = pooltoy_start_pool(poolsup, &spec, &twin);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_EEXIST);
	if (code) {
		explore_saw(EXISTS);
		return;
	}
	twins_started++;
	check_out_and_in();
	code = pooltoy_stop_pool(twin, -1);
	EXPLORE_CHECK(code == 0);
	pooltoy_pool_release(twin);
}

static void open_for_twins(void)
{
	twins_started = 0;
	pools_open(POOLS_SPEC(.size = 1));
}

static void close_twins(void)
{
	EXPLORE_CHECK(twins_started >= 1);
	pools_close();
}

EXPLORE_SCENARIO(two_starts_of_one_name) = {
	.story = "two pools of one name are started and stopped: one gets it, or one after the "
		 "other",
	.setup = open_for_twins,
	.finish = close_twins,
	.fibers = { { "one", start_twin, false }, { "other", start_twin, false } },
	.sights = { [SERVED] = "served", [EXISTS] = "the name was taken" },
	.delays = true,
};

/* The name leads to the pool until it is stopped, and the pool lasts as long as who found it. */

static struct pooltoy_pool *twin;

static void open_with_twin(void)
{
	struct pooltoy_pool_spec spec = POOLS_SPEC(.name = "twin", .worker = &plain, .size = 1);

	pools_open(POOLS_SPEC(.size = 1));
	EXPLORE_CHECK(pooltoy_start_pool(poolsup, &spec, &twin) == 0);
}

static void stop_twin(void)
{
	EXPLORE_CHECK(pooltoy_stop_pool(twin, -1) == 0);
	pooltoy_pool_release(twin);
}

static void find_twin(void)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;
	struct pooltoy_pool *found;
	int code = pooltoy_find_pool(poolsup, "twin", &found);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ENOENT);
	explore_saw(code ? EXISTS : WALKED);
	if (code)
		return;
	EXPLORE_CHECK(strcmp(pooltoy_pool_name(found), "twin") == 0);
	EXPLORE_CHECK(pooltoy_pool_status(found, &status) == 0);
	EXPLORE_CHECK(status.instance == 1);
	pooltoy_pool_release(found);
}

EXPLORE_SCENARIO(pool_found_as_it_is_stopped) = {
	.story = "a pool is found by its name while it is stopped and its last handle given back",
	.setup = open_with_twin,
	.finish = pools_close,
	.fibers = { { "finder", find_twin, false }, { "stopper", stop_twin, false } },
	.sights = { [EXISTS] = "not found", [WALKED] = "found" },
	.delays = true,
};

/* The tree. */

static int visit(const struct pooltoy_node *node, void *argument)
{
	unsigned *nodes = argument;

	EXPLORE_CHECK(explore_holds_no_lock());
	EXPLORE_CHECK(node->depth <= 2);
	++*nodes;
	return 0;
}

static void walk(void)
{
	unsigned nodes = 0;
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;

	EXPLORE_CHECK(pooltoy_walk(poolsup, visit, &nodes) == 0);
	EXPLORE_CHECK(nodes >= 1);
	EXPLORE_CHECK(pooltoy_pool_status(poolio, &status) == 0);
	explore_saw(WALKED);
}

static void stop_pool(void)
{
	EXPLORE_CHECK(pooltoy_stop_pool(poolio, -1) == 0);
}

static void open_one_worker(void)
{
	pools_open(POOLS_SPEC(.size = 1));
}

EXPLORE_SCENARIO(walk_against_restart_and_stop) = {
	.story = "the tree is walked while the manager dies and the pool is stopped",
	.setup = open_one_worker,
	.finish = pools_close,
	.fibers = { { "walker", walk, false },
		    { "killer", kill_worker, false },
		    { "stopper", stop_pool, false } },
	.sights = { [WALKED] = "walked" },
	.delays = true,
};
