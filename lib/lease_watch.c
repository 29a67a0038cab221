/* SPDX-License-Identifier: MIT */
/* lease_watch.c: finds leases that are over their limit, by the monitor table. */
#include "lease_watch.h"
#include "deadline.h"
#include "worker.h"

#include <stdio.h>

static void tell(struct pooltoy_worker *worker, uint64_t generation,
		 const struct monitor_record *record, uint64_t held)
{
	struct pooltoy_pool *pool = worker->slot.pool;
	char reason[POOL_REASON_SIZE];
	struct sync_stack stack;
	struct pooltoy_event event = pool_event(pool, POOLTOY_EVENT_LEASE_OVERDUE,
						(int)worker->slot.index, held, reason);

	event.holder_thread_id = record->thread_id;
	event.acquired_at = record->acquired_at;
	snprintf(reason, sizeof reason, "%s%s%sthread %ld checked it out at %p%s",
		 record->name[0] ? "client \"" : "", record->name, record->name[0] ? "\": " : "",
		 record->thread_id, record->acquired_at,
		 pool->config.lease_reclaim ? "; it is taken back" : "");
	figure_add(&pool->lease_watch.overdue, 1);
	stack_note_read(&worker->leased_from, generation + 1, &stack);
	notifier_emit_with(pool->notifier, &event, &stack);
}

/* As if its client had died. */
static void reclaim(struct pooltoy_worker *worker, uint64_t generation)
{
	slot_word word;

	do {
		word = slot_look(&worker->slot);
		if (!slot_word_is_lease(word, generation))
			return; /* it has ended just now */
	} while (!worker_client_ended(worker, word));
	figure_add(&worker->slot.pool->lease_watch.reclaimed, 1);
}

/* When that worker's lease is to be looked at. */
static uint64_t look_at_lease(struct pooltoy_worker *worker, const struct monitor_table *monitors,
			      uint64_t now)
{
	const struct pool_config *config = &worker->slot.pool->config;
	slot_word word = slot_look(&worker->slot);
	uint64_t generation = slot_word_generation(word);
	struct monitor_record record;

	if (!slot_word_is_lease(word, generation) ||
	    !monitor_table_read(monitors, &worker->slot, &record) ||
	    !slot_word_is_lease(slot_look(&worker->slot), generation) ||
	    worker->overdue == generation + 1)
		return SYNC_NEVER;
	if (now < record.since + config->lease_limit)
		return record.since + config->lease_limit;
	worker->overdue = generation + 1;
	tell(worker, generation, &record, now - record.since);
	if (config->lease_reclaim)
		reclaim(worker, generation);
	return SYNC_NEVER;
}

uint64_t lease_watch(struct pooltoy_pool *pool, uint64_t now)
{
	struct lease_watch *watch = &pool->lease_watch;
	unsigned count = slot_table_count(&pool->broker.slots), index;
	struct monitor_table monitors;

	if (pool->config.lease_limit == 0)
		return SYNC_NEVER;
	if (now < watch->at)
		return watch->at;
	monitors = pool_monitors(pool);
	watch->at = now + pool->config.lease_limit;
	for (index = 0; index < count; index++) {
		uint64_t at = look_at_lease(worker_at(pool, index), &monitors, now);

		if (at < watch->at)
			watch->at = at;
	}
	return watch->at;
}
