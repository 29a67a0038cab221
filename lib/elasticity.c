/* SPDX-License-Identifier: MIT */
/* elasticity.c: how a manager follows what its pool is to have. */
#include "elasticity.h"
#include "pool.h"

#include <stdio.h>

static int up_beyond_size(const struct pooltoy_pool *pool)
{
	const struct crew *crew = &pool->crew;
	int beyond = (int)(crew->live - crew->starting) - (int)crew->bounds.size;

	return beyond > 0 ? beyond : 0;
}

void elasticity_add_overflow(struct pooltoy_pool *pool)
{
	if (sync_load(&pool->broker.overflow, relaxed) < up_beyond_size(pool))
		broker_add_overflow(&pool->broker);
}

void elasticity_limit_overflow(struct pooltoy_pool *pool)
{
	while (sync_load(&pool->broker.overflow, relaxed) > up_beyond_size(pool))
		broker_drop_overflow(&pool->broker, 0);
}

static void tell(struct pooltoy_pool *pool, struct pool_bounds before)
{
	struct pool_bounds now = pool->crew.bounds;
	char reason[POOL_REASON_SIZE];

	snprintf(reason, sizeof reason, "from size %u and max_overflow %u to %u and %u",
		 before.size, before.max_overflow, now.size, now.max_overflow);
	figure_add(&pool->elasticity.resizes, 1);
	pool_emit(pool, POOLTOY_EVENT_POOL_RESIZED, -1, 0, reason);
}

void elasticity_follow(struct pooltoy_pool *pool)
{
	struct crew *crew = &pool->crew;
	struct pool_bounds before = crew->bounds, now = elasticity_bounds(&pool->elasticity);
	int beyond = up_beyond_size(pool);

	if (elasticity_word(before) == elasticity_word(now))
		return;
	crew->bounds = now;
	/* By as many as there are more, or less: those that were dismissed, and are yet to be heard of, stay
	 * taken from it. */
	for (; beyond < up_beyond_size(pool); beyond++)
		broker_add_overflow(&pool->broker);
	for (; beyond > up_beyond_size(pool); beyond--)
		broker_drop_overflow(&pool->broker, 0);
	/* Sequentially consistent, before the manager looks at the slots, and at who waits: who makes a slot idle,
	 * or waits, looks at this after that. */
	sync_store(&pool->broker.max_overflow, (int)now.max_overflow, seq_cst);
	tell(pool, before);
}

int elasticity_limit_starts(const struct pooltoy_pool *pool, int wanted)
{
	unsigned max = pool->config.max_starting, starting = pool->crew.starting;
	unsigned room = max > starting ? max - starting : 0;

	return wanted > 0 && (unsigned)wanted > room ? (int)room : wanted;
}

unsigned elasticity_slots(const struct pooltoy_pool *pool)
{
	return pool_slots_for(pool->crew.bounds.size + pool->crew.bounds.max_overflow);
}
