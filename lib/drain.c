/* SPDX-License-Identifier: MIT */
/* drain.c: who waits for a pool to come to rest, and what they wait for. */
#include "drain.h"
#include "worker.h"

void drain_enter(struct pooltoy_pool *pool, struct drainer *drainer, struct parker *parker)
{
	drainer->parker = parker;
	sync_mutex_lock(&pool->broker.queue.lock);
	drainer->next = pool->drainers;
	pool->drainers = drainer;
	sync_mutex_unlock(&pool->broker.queue.lock);
}

void drain_leave(struct pooltoy_pool *pool, struct drainer *drainer)
{
	struct drainer **link = &pool->drainers;

	sync_mutex_lock(&pool->broker.queue.lock);
	while (*link != drainer)
		link = &(*link)->next;
	*link = drainer->next;
	sync_mutex_unlock(&pool->broker.queue.lock);
}

void drain_wake(struct pooltoy_pool *pool)
{
	struct drainer *drainer;

	sync_mutex_lock(&pool->broker.queue.lock);
	for (drainer = pool->drainers; drainer; drainer = drainer->next)
		parker_unpark(drainer->parker);
	sync_mutex_unlock(&pool->broker.queue.lock);
}

static bool is_at_rest(struct pooltoy_worker *worker)
{
	slot_word word = slot_look(&worker->slot);

	switch (slot_word_state(word)) {
	case SLOT_VACANT:
	case SLOT_STARTING: /* it is withheld as it comes up */
		return true;
	case SLOT_IDLE:
		return word & SLOT_WITHHELD;
	case SLOT_STOPPING:
		return figure_load(&worker->quarantined);
	default:
		return false;
	}
}

unsigned drain_left(struct pooltoy_pool *pool)
{
	unsigned count = slot_table_count(&pool->broker.slots), left = 0, index;

	for (index = 0; index < count; index++)
		left += !is_at_rest(worker_at(pool, index));
	return left;
}
