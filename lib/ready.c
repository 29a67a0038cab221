/* SPDX-License-Identifier: MIT */
/* ready.c: the list of those who wait for a pool's workers. */
#include "ready.h"
#include "pool.h"

int ready_init(struct ready *ready)
{
	return sync_mutex_init(&ready->lock, RANK_READY);
}

void ready_destroy(struct ready *ready)
{
	sync_mutex_destroy(&ready->lock);
}

void ready_enter(struct pooltoy_pool *pool, struct ready_waiter *waiter)
{
	struct ready *ready = &pool->ready;

	atomic_init(&waiter->outcome, READY_PENDING);
	sync_mutex_lock(&ready->lock);
	waiter->next = ready->first;
	ready->first = waiter;
	sync_fetch_add(&ready->waiting, 1, seq_cst);
	sync_mutex_unlock(&ready->lock);
}

static void take_off_locked(struct ready *ready, struct ready_waiter **place)
{
	*place = (*place)->next;
	sync_fetch_sub(&ready->waiting, 1, seq_cst);
}

void ready_leave(struct pooltoy_pool *pool, struct ready_waiter *waiter)
{
	struct ready *ready = &pool->ready;
	struct ready_waiter **place;

	sync_mutex_lock(&ready->lock);
	for (place = &ready->first; *place && *place != waiter; place = &(*place)->next)
		;
	if (*place)
		take_off_locked(ready, place);
	sync_mutex_unlock(&ready->lock);
}

static int outcome(struct pooltoy_pool *pool, unsigned workers)
{
	int state = sync_load(&pool->state, seq_cst);

	if (state == POOL_STOPPED)
		return POOLTOY_ESTOPPED;
	if (state == POOL_FAILED)
		return POOLTOY_EFAILED;
	if (workers == 0)
		workers = sync_load(&pool->elasticity.kept, seq_cst);
	return pool_count_up(pool) >= workers ? POOLTOY_OK : READY_PENDING;
}

void ready_tell(struct pooltoy_pool *pool)
{
	struct ready *ready = &pool->ready;
	struct ready_waiter **place, *waiter;

	sync_mutex_lock(&ready->lock);
	for (place = &ready->first; (waiter = *place);) {
		struct parker *parker = waiter->parker;
		int code = outcome(pool, waiter->workers);

		if (code == READY_PENDING) {
			place = &waiter->next;
			continue;
		}
		take_off_locked(ready, place);
		sync_store(&waiter->outcome, code, release); /* from here on it may be gone */
		parker_unpark(parker);
	}
	sync_mutex_unlock(&ready->lock);
}
