/* SPDX-License-Identifier: MIT */
/* overload_watch.c: polls who waits, and tells when overload begins and ends. */
#include "overload_watch.h"
#include "deadline.h"
#include "pool.h"

#include <stdio.h>

static struct overload *overload_of(struct pooltoy_pool *pool)
{
	return &pool->broker.queue.overload;
}

void overload_describe(struct pooltoy_pool *pool, int code, char *text, size_t size)
{
	struct overload *overload = overload_of(pool);
	unsigned waiting = sync_load(&pool->broker.queue.waiters, relaxed);

	if (code == POOLTOY_EOVERLOAD)
		snprintf(text, size,
			 "for %llu ms nobody waited less than %llu ms; %u wait, %llu were shed",
			 (unsigned long long)(overload->interval / NS_PER_MS),
			 (unsigned long long)(overload->target / NS_PER_MS), waiting,
			 (unsigned long long)figure_load(&overload->shed));
	else
		snprintf(text, size, "%u may wait, %llu were refused", overload->max_waiters,
			 (unsigned long long)figure_load(&overload->refused));
}

static void tell(struct pooltoy_pool *pool, uint64_t now, bool overloaded)
{
	struct overload_watch *watch = &pool->overload_watch;
	char reason[POOL_REASON_SIZE] = "";

	if (overloaded == figure_load(&watch->told))
		return;
	figure_store(&watch->told, overloaded);
	if (overloaded) {
		watch->since = now;
		overload_describe(pool,
				  figure_load(&overload_of(pool)->sheds) ? POOLTOY_EOVERLOAD
									 : POOLTOY_EQUEUEFULL,
				  reason, sizeof reason);
		pool_emit(pool, POOLTOY_EVENT_POOL_OVERLOADED, -1, 0, reason);
	} else {
		pool_emit(pool, POOLTOY_EVENT_POOL_RELIEVED, -1, now - watch->since, NULL);
	}
}

uint64_t overload_watch(struct pooltoy_pool *pool, uint64_t now)
{
	struct overload *overload = overload_of(pool);
	struct overload_watch *watch = &pool->overload_watch;
	uint64_t refused = figure_load(&overload->refused);
	bool some_were_refused = refused != watch->refused, it_is_time;

	if (!overload_is_bounded(overload))
		return SYNC_NEVER;
	it_is_time = watch->at > 0 && now >= watch->at;
	if (it_is_time)
		broker_poll_overload(&pool->broker);
	/* It is over with an interval without any; it begins at once. */
	if (it_is_time || some_were_refused || figure_load(&overload->sheds))
		tell(pool, now, some_were_refused || figure_load(&overload->sheds));
	if (it_is_time || watch->at == 0) {
		watch->refused = refused;
		watch->at = now + overload->interval;
	}
	if (!figure_load(&watch->told) && !checkout_queue_waited_for(&pool->broker.queue))
		watch->at = 0;
	return watch->at > 0 ? watch->at : SYNC_NEVER;
}

void overload_watch_call(struct pooltoy_pool *pool, bool refused)
{
	if (!overload_is_bounded(overload_of(pool)))
		return;
	/* While it is overloaded the manager looks by itself. */
	if (!refused || !figure_load(&pool->overload_watch.told))
		pool_wake_manager(pool);
}
