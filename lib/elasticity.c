/* SPDX-License-Identifier: MIT */
/* elasticity.c: how a manager follows what its pool is to have. */
#include "elasticity.h"
#include "worker.h"

#include <stdio.h>

static int up_beyond_size(const struct pooltoy_pool *pool)
{
	const struct crew *crew = &pool->crew;
	int beyond = (int)(crew->live - crew->starting) - (int)crew->bounds.size;

	return beyond > 0 ? beyond : 0;
}

static unsigned kept(struct pooltoy_pool *pool)
{
	return sync_load(&pool->elasticity.kept, relaxed);
}

/* Sequentially consistent, before the manager looks at who waits: who waits looks at this after it counts. */
static void keep(struct pooltoy_pool *pool, unsigned workers)
{
	if (workers != kept(pool))
		sync_store(&pool->elasticity.kept, workers, seq_cst);
}

static unsigned least(unsigned one, unsigned other)
{
	return one < other ? one : other;
}

static uint64_t least_time(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

void elasticity_begin(struct pooltoy_pool *pool)
{
	keep(pool, pool->config.lazy ? 0 : pool->crew.bounds.size);
}

void elasticity_came_up(struct pooltoy_pool *pool)
{
	struct crew *crew = &pool->crew;
	unsigned up = least(crew->live - crew->starting, crew->bounds.size);

	if (up > kept(pool))
		keep(pool, up);
	if (up_beyond_size(pool) > 0)
		pool->elasticity.look_at = 0; /* its time is another one */
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

/* Who has all it may have is to have all it may have now. */
static void keep_after_resize(struct pooltoy_pool *pool, unsigned size_before)
{
	unsigned size = pool->crew.bounds.size;

	if (kept(pool) == size_before && !pool->config.lazy)
		keep(pool, size);
	else
		keep(pool, least(kept(pool), size));
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
	keep_after_resize(pool, before.size);
	tell(pool, before);
}

bool elasticity_is_complete(struct pooltoy_pool *pool)
{
	unsigned up = pool->crew.live - pool->crew.starting;

	return up >= kept(pool) && (up > 0 || pool->crew.bounds.size == 0);
}

/* Idle workers. */

/*
 * Since when nobody has used it, as far as was seen; `now` if it is not idle, or was used since the last look. By the
 * leases and tasks that it has had, which are counted before it is idle again: a ping is no use.
 */
static uint64_t idle_since(struct pooltoy_worker *worker, slot_word word, uint64_t now)
{
	uint64_t uses;

	if (worker->place != CREW_UP || !slot_word_is_idle(word))
		return now;
	uses = sync_load(&worker->slot.leases, relaxed) + sync_load(&worker->tasks_run, relaxed);
	if (worker->seen_idle_since == 0 || worker->seen_uses != uses ||
	    worker->seen_life != worker->first_generation) {
		worker->seen_uses = uses;
		worker->seen_life = worker->first_generation;
		worker->seen_idle_since = now;
	}
	return worker->seen_idle_since;
}

/* Unless it has been taken since. */
static bool dismiss(struct pooltoy_worker *worker, slot_word word)
{
	struct pooltoy_pool *pool = worker->slot.pool;

	if (!worker_stop_from(worker, word, SLOT_DISMISSED))
		return false;
	figure_add(&pool->elasticity.expired, 1);
	return true;
}

/* It is to be taken from the overflow first: else a checkin takes the same one meanwhile. */
static void dismiss_overflow(struct pooltoy_worker *worker, slot_word word)
{
	struct broker *broker = &worker->slot.pool->broker;

	if (broker_drop_overflow(broker, 0) && !dismiss(worker, word))
		broker_add_overflow(broker);
}

/* `spare`: how many may go. */
static void dismiss_kept(struct pooltoy_worker *worker, slot_word word, int *spare)
{
	struct pooltoy_pool *pool = worker->slot.pool;

	/* If fewer are there than are kept, since some fail to start, these are needed no more either. */
	if (pool->crew.live + pool->crew.leaving < kept(pool)) {
		keep(pool, kept(pool) - 1);
	} else if (*spare > 0 && dismiss(worker, word)) {
		keep(pool, kept(pool) - 1);
		--*spare;
	}
}

static unsigned minimum(const struct pooltoy_pool *pool)
{
	return least(pool->config.min_size, pool->crew.bounds.size);
}

static bool may_expire_kept(struct pooltoy_pool *pool)
{
	return pool->config.idle_ttl > 0 && kept(pool) > minimum(pool);
}

static bool may_expire_overflow(struct pooltoy_pool *pool)
{
	return pool->config.overflow_ttl > 0 && up_beyond_size(pool) > 0;
}

/* Dismisses it, if its time is over. When that will be, as far as is known. */
static uint64_t expire_worker(struct pooltoy_worker *worker, uint64_t now, int *spare)
{
	struct pooltoy_pool *pool = worker->slot.pool;
	bool beyond = up_beyond_size(pool) > 0;
	uint64_t ttl = beyond ? pool->config.overflow_ttl : pool->config.idle_ttl;
	slot_word word = slot_look(&worker->slot);
	uint64_t since = idle_since(worker, word, now);

	if (since == now || !(beyond ? may_expire_overflow(pool) : may_expire_kept(pool)))
		return SYNC_NEVER;
	if (now - since < ttl)
		return since + ttl;
	if (beyond)
		dismiss_overflow(worker, word);
	else
		dismiss_kept(worker, word, spare);
	return SYNC_NEVER;
}

/* Who is in use now may be idle in a moment, and its time over so long after that. */
static uint64_t shortest_ttl(struct pooltoy_pool *pool)
{
	uint64_t idle = may_expire_kept(pool) ? pool->config.idle_ttl : SYNC_NEVER;
	uint64_t overflow = may_expire_overflow(pool) ? pool->config.overflow_ttl : SYNC_NEVER;

	return least_time(idle, overflow);
}

void elasticity_expire(struct pooltoy_pool *pool, uint64_t now)
{
	unsigned index = slot_table_count(&pool->broker.slots);
	uint64_t *look_at = &pool->elasticity.look_at;
	int spare;

	if (!may_expire_kept(pool) && !may_expire_overflow(pool)) {
		*look_at = 0;
		return;
	}
	if (now < *look_at)
		return;
	*look_at = now + shortest_ttl(pool) / 2;
	/* By the words: who is still to come up may fail to, and who has been dismissed may not be in the books. */
	spare = (int)pool_count_up(pool) - (int)minimum(pool);
	while (index-- > 0) /* those that were started last go first */
		*look_at = least_time(*look_at, expire_worker(worker_at(pool, index), now, &spare));
}

uint64_t elasticity_next(struct pooltoy_pool *pool)
{
	uint64_t look_at = pool->elasticity.look_at;

	return look_at > 0 && pool_state(pool) == POOL_RUNNING ? look_at : SYNC_NEVER;
}

/* Starts. */

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
