/* SPDX-License-Identifier: MIT */
/* pooltoy.c: this library, installed and linked as a server's makers would. All that it monitors and
 * supervises is on: there is no other way to have it. */
#include "subjects/pooltoy.h"

#include <string.h>
#include "scenarios/measure.h"
#include "subjects/subject.h"

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

static int init_apart(struct pooltoy_worker *self, void *argument, void **state)
{
	pin_to(1);
	return init(self, argument, state);
}

static const struct pooltoy_worker_ops ops_apart =
	POOLTOY_WORKER_OPS(.init = init_apart, .handle_call = echo);

struct pool_set *open_pools_of(const struct pooltoy_worker_ops *ops, unsigned pools,
			       unsigned workers)
{
	return open_pools_like(*POOLTOY_POOL_SPEC(.worker = ops, .size = (int)workers), pools);
}

struct pool_set *open_pools(unsigned pools, unsigned workers)
{
	return open_pools_of(&ops, pools, workers);
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

static void *call_open(const struct order *order)
{
	return open_pools_like(*POOLTOY_POOL_SPEC(.worker = order->apart ? &ops_apart : &ops,
						  .size = (int)order->threads,
						  .max_spins = order->no_spins ? POOLTOY_NONE : 0),
			       1);
}

static const struct call_ops call = { call_open, pool_close, call_join, call_leave, call_calls };

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
