/* SPDX-License-Identifier: MIT */
/*
 * mutex_cond.c: what a C programmer writes without a library: a mutex, a condition variable, a
 * stack of free resources; a thread to call, one of each again; a bounded ring of tasks. It does not
 * know who holds what, so nothing comes back from a thread that ends; nothing that breaks is
 * replaced; waiters are overtaken at will.
 */
#include <pthread.h>
#include <stdlib.h>
#include "scenarios/measure.h"
#include "subjects/mutex_cond.h"
#include "subjects/subject.h"

struct resource {
	uint64_t state;
};

struct pool {
	pthread_mutex_t mutex;
	pthread_cond_t freed;
	struct resource *resources, **free;
	unsigned count;
};

struct pool_set {
	struct pool *pools;
	unsigned count, in_turn;
};

static struct resource *take(struct pool *pool)
{
	struct resource *taken;

	pthread_mutex_lock(&pool->mutex);
	while (pool->count == 0)
		pthread_cond_wait(&pool->freed, &pool->mutex);
	taken = pool->free[--pool->count];
	pthread_mutex_unlock(&pool->mutex);
	return taken;
}

static void give(struct pool *pool, struct resource *resource)
{
	pthread_mutex_lock(&pool->mutex);
	pool->free[pool->count++] = resource;
	pthread_mutex_unlock(&pool->mutex);
	pthread_cond_signal(&pool->freed);
}

static void *pool_open(const struct order *order)
{
	struct pool_set *set = must_alloc(sizeof *set);

	set->count = order->pools;
	set->in_turn = order->in_turn ? order->pools : 1;
	set->pools = must_alloc(set->count * sizeof *set->pools);
	for (unsigned i = 0; i < set->count; i++) {
		struct pool *pool = &set->pools[i];

		pthread_mutex_init(&pool->mutex, NULL);
		pthread_cond_init(&pool->freed, NULL);
		pool->resources = must_alloc(order->workers * sizeof *pool->resources);
		pool->free = must_alloc(order->workers * sizeof(struct resource *));
		for (; pool->count < order->workers; pool->count++)
			pool->free[pool->count] = &pool->resources[pool->count];
	}
	return set;
}

static void pool_close(void *argument)
{
	struct pool_set *set = argument;

	for (unsigned i = 0; i < set->count; i++) {
		pthread_mutex_destroy(&set->pools[i].mutex);
		pthread_cond_destroy(&set->pools[i].freed);
		free(set->pools[i].resources);
		free(set->pools[i].free);
	}
	free(set->pools);
	free(set);
}

static void turns(void *argument, uint64_t turns)
{
	struct pool_set *set = argument;
	unsigned next = 0;

	for (uint64_t i = 0; i < turns; i++) {
		give(&set->pools[next], take(&set->pools[next]));
		if (++next >= set->in_turn)
			next = 0;
	}
}

static void checkout(void *argument, struct holding *holding)
{
	struct pool_set *set = argument;

	holding->word[0] = (uintptr_t)take(&set->pools[0]);
}

static void checkin(void *argument, const struct holding *holding)
{
	struct pool_set *set = argument;

	give(&set->pools[0], (struct resource *)(uintptr_t)holding->word[0]);
}

static const struct pool_ops pool = { pool_open, pool_close, turns, checkout, checkin };

static const struct scenario *const scenarios[] = { &mutex_cond_idle, NULL };

const struct subject subject = {
	.name = "mutex_cond",
	.pool = &pool,
	.call = &mutex_cond_call,
	.task = &mutex_cond_task,
	.scenarios = scenarios,
};
