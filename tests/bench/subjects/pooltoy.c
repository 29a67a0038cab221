/* SPDX-License-Identifier: MIT */
/* pooltoy.c: this library, installed and linked as a server's makers would. All that it monitors and
 * supervises is on: there is no other way to have it. */
#include "subjects/pooltoy.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include "scenarios/measure.h"
#include "subjects/subject.h"

void must(int code, const char *what)
{
	if (code)
		errx(1, "%s: %s", what, pooltoy_last_error());
}

static int echo(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	(void)state;
	return pooltoy_reply(self, request, length);
}

static int init(struct pooltoy_worker *self, void *argument, void **state)
{
	(void)self;
	*state = argument;
	return 0;
}

static const struct pooltoy_worker_ops ops = POOLTOY_WORKER_OPS(.init = init, .handle_call = echo);

static struct pooltoy_supervisor *start_supervisor(void)
{
	struct pooltoy_supervisor *supervisor;

	must(pooltoy_supervisor_start_with(
		     POOLTOY_SUPERVISOR_SPEC(.on_event = pooltoy_event_ignore), &supervisor),
	     "supervisor");
	return supervisor;
}

void wait_until_up(struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;

	do {
		sleep_for(100000);
		must(pooltoy_pool_status(pool, &status), "status");
	} while (status.idle < status.size);
}

static struct pool_set *open_pools_like(struct pooltoy_pool_spec spec, unsigned pools)
{
	struct pool_set *set = must_alloc(sizeof *set);

	spec.argument = set;
	set->supervisor = start_supervisor();
	set->count = pools;
	set->pools = must_alloc(pools * sizeof *set->pools);
	for (unsigned i = 0; i < pools; i++) {
		char name[32];

		snprintf(name, sizeof name, "pool%u", i);
		spec.name = name;
		must(pooltoy_start_pool(set->supervisor, &spec, &set->pools[i]), "start");
	}
	for (unsigned i = 0; i < pools; i++)
		wait_until_up(set->pools[i]);
	return set;
}

struct pool_set *open_pools_of(const struct pooltoy_worker_ops *ops, unsigned pools,
			       unsigned workers)
{
	return open_pools_like(*POOLTOY_POOL_SPEC(.worker = ops, .size = (int)workers), pools);
}

struct pool_set *open_pools(unsigned pools, unsigned workers)
{
	return open_pools_of(&ops, pools, workers);
}

void close_pools(struct pool_set *set)
{
	must(pooltoy_supervisor_stop(set->supervisor, -1), "stop");
	for (unsigned i = 0; i < set->count; i++)
		pooltoy_pool_release(set->pools[i]);
	free(set->pools);
	free(set);
}

static void *pool_open(const struct order *order)
{
	struct pool_set *set = open_pools(order->pools, order->workers);

	set->in_turn = order->in_turn ? order->pools : 1;
	return set;
}

static void pool_close(void *set)
{
	close_pools(set);
}

static void turns(void *argument, uint64_t turns)
{
	struct pool_set *set = argument;
	unsigned next = 0;

	for (uint64_t i = 0; i < turns; i++) {
		struct pooltoy_lease lease;

		if (pooltoy_checkout(set->pools[next], -1, &lease) || pooltoy_checkin(&lease))
			must(-1, "turn");
		if (++next >= set->in_turn)
			next = 0;
	}
}

static void checkout(void *argument, struct holding *holding)
{
	struct pool_set *set = argument;
	struct pooltoy_lease lease;

	_Static_assert(sizeof lease <= sizeof *holding, "a lease is two words");
	must(pooltoy_checkout(set->pools[0], -1, &lease), "checkout");
	memcpy(holding, &lease, sizeof lease);
}

static void checkin(void *set, const struct holding *holding)
{
	struct pooltoy_lease lease;

	(void)set;
	memcpy(&lease, holding, sizeof lease);
	must(pooltoy_checkin(&lease), "checkin");
}

static const struct pool_ops pool = { pool_open, pool_close, turns, checkout, checkin };

/* A caller holds its worker for as long as it calls. */
static void *call_open(const struct order *order)
{
	return open_pools_like(*POOLTOY_POOL_SPEC(.worker = &ops, .size = (int)order->threads,
						  .max_spins = order->no_spins ? POOLTOY_NONE : 0),
			       1);
}

static void *join(void *argument, unsigned caller)
{
	struct pool_set *set = argument;
	struct pooltoy_lease *lease = must_alloc(sizeof *lease);

	(void)caller;
	must(pooltoy_checkout(set->pools[0], -1, lease), "checkout");
	return lease;
}

static void leave(void *line)
{
	must(pooltoy_checkin(line), "checkin");
	free(line);
}

static void calls(void *line, uint64_t calls)
{
	const struct pooltoy_lease *lease = line;

	for (uint64_t i = 0; i < calls; i++) {
		uint64_t reply = 0;
		size_t length = sizeof reply;

		if (pooltoy_call(lease, &i, sizeof i, &reply, &length, -1) || reply != i)
			must(-1, "call");
	}
}

static const struct call_ops call = { call_open, pool_close, join, leave, calls };

static const struct scenario *const scenarios[] = {
	&lease_state_scenario,
	&replace_scenario,
	&restart_scenario,
	&independence_scenario,
	&idle_scenario,
	&start_scenario,
	NULL,
};

const struct subject subject = {
	.name = "pooltoy",
	.pool = &pool,
	.call = &call,
	.task = &pooltoy_task,
	.scenarios = scenarios,
};
