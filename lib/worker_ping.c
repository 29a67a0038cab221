/* SPDX-License-Identifier: MIT */
/* worker_ping.c: an idle worker looks whether it is still good. */
#include "deadline.h"
#include "worker_health.h"

#include <stdio.h>

/*
 * The manager takes the slot as a client does, and gives it to the worker as to one that is to serve
 * tasks; so nobody else has it meanwhile, and whoever ends the worker does so as ever. So does a client that
 * took a worker which was idle for too long; it goes on to another, or waits. What it is for is said before
 * that, by which the worker sees it.
 */

/* From a lease that nobody has seen; false: it was stopped just then. */
static bool give_to_worker(struct pooltoy_worker *worker, uint64_t generation)
{
	sync_store(&worker->pinged, true, relaxed);
	if (!slot_serve(&worker->slot, generation))
		return false;
	worker_wake(worker);
	return true;
}

static void set_time(struct pooltoy_worker *worker, uint64_t generation, uint64_t now)
{
	worker->ping_generation = generation;
	worker->ping_until = now + worker->pool->config.health.ping_timeout;
}

void worker_begin_ping(struct pooltoy_worker *worker, uint64_t now)
{
	uint64_t generation;

	worker->ping_at = now + worker->pool->config.health.ping_interval;
	if (slot_lease(&worker->slot, &generation) && give_to_worker(worker, generation))
		set_time(worker, generation, now);
}

static bool is_at_a_ping(struct pooltoy_worker *worker, slot_word word)
{
	return slot_word_state(word) == SLOT_SERVING && figure_load(&worker->pinged);
}

void worker_watch_ping(struct pooltoy_worker *worker, slot_word word, uint64_t now)
{
	uint64_t generation = slot_word_generation(word);

	if (!is_at_a_ping(worker, word) ||
	    (worker->ping_until != SYNC_NEVER && worker->ping_generation == generation))
		return;
	set_time(worker, generation, now);
	worker_set_checkup(worker);
}

void worker_note_idle(struct pooltoy_worker *worker)
{
	if (worker->pool->config.health.validate_after > 0)
		figure_store(&worker->idle_since, sync_now_coarse());
}

bool worker_fits(struct slot *slot, uint64_t generation)
{
	struct pooltoy_worker *worker = worker_of(slot);
	uint64_t idle = sync_now_coarse() - figure_load(&worker->idle_since);

	if (idle <= worker->pool->config.health.validate_after)
		return true;
	if (give_to_worker(worker, generation))
		mailbox_post(&worker->pool->manager.mailbox, &worker->attention);
	return false;
}

void worker_end_ping(struct pooltoy_worker *worker)
{
	struct pooltoy_pool *pool = worker->pool;
	char complaint[POOL_REASON_SIZE];
	slot_word word;

	worker->ping_until = SYNC_NEVER;
	snprintf(complaint, sizeof complaint, "ping took longer than %llu ms",
		 (unsigned long long)(pool->config.health.ping_timeout / NS_PER_MS));
	do {
		word = slot_look(&worker->slot);
		if (!is_at_a_ping(worker, word) ||
		    slot_word_generation(word) != worker->ping_generation)
			return;
	} while (!worker_stop_accused(worker, word, SLOT_KILLED, complaint));
	figure_add_shared(&pool->ping_failures, 1);
}

void worker_run_ping(struct pooltoy_worker *worker)
{
	struct pooltoy_pool *pool = worker->pool;
	int code;

	if (!worker_enter_callback(worker))
		return;
	figure_store(&worker->chore, "ping");
	code = pool->config.ops.ping(worker, worker->state);
	figure_store(&worker->chore, NULL);
	worker_leave_callback(worker);
	sync_store(&worker->pinged, false, relaxed);
	figure_add_shared(&pool->pings, 1);
	worker_callback_returned(worker, "ping", code);
	if (code >= 0)
		worker_become_free(worker);
	else
		figure_add_shared(&pool->ping_failures, 1);
}
