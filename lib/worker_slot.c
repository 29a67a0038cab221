/* SPDX-License-Identifier: MIT */
/* worker_slot.c: where a worker's slot goes, by any thread: back to who waits, to a reset, or to its end. */
#include "withhold.h"
#include "worker.h"
#include "worker_health.h"

void worker_wake(struct pooltoy_worker *worker)
{
	parker_unpark(&worker->parker);
}

void worker_halt(struct pooltoy_worker *worker)
{
	/* After the slot's word: pairs with worker_enter_callback. */
	sync_store(&worker->halted, true, seq_cst);
	worker_wake(worker);
}

void worker_tell_manager(struct pooltoy_worker *worker)
{
	mailbox_post(&worker->pool->manager.mailbox, &worker->attention);
}

void worker_tell_of_stop(struct pooltoy_worker *worker)
{
	worker_halt(worker);
	worker_tell_manager(worker);
}

bool worker_stop(struct pooltoy_worker *worker, enum slot_stop_cause cause)
{
	slot_word before = slot_stop(&worker->slot, cause);

	if (slot_word_state(before) == SLOT_STOPPING || slot_word_state(before) == SLOT_VACANT)
		return false;
	worker_tell_of_stop(worker);
	return true;
}

bool worker_stop_from(struct pooltoy_worker *worker, slot_word word, enum slot_stop_cause cause)
{
	if (slot_move(&worker->slot, word, slot_word_stopped(word, cause)) == SLOT_MOVED)
		return false;
	worker_tell_of_stop(worker);
	return true;
}

static bool hand_on(struct pooltoy_worker *worker, slot_word word, uint64_t generation)
{
	if (word & SLOT_WITHHELD)
		return withhold_freed(worker, word, generation);
	return worker_offer(worker, word, generation);
}

bool worker_offer(struct pooltoy_worker *worker, slot_word word, uint64_t generation)
{
	struct pooltoy_pool *pool = worker->pool;

	switch (broker_free(&pool->broker, &worker->slot, word, generation)) {
	case BROKER_MOVED:
		pool_wake_manager(pool);
		return false;
	case BROKER_DISMISSED:
		worker_tell_of_stop(worker);
		return true;
	case BROKER_SERVING:
		worker_wake(worker);
		pool_reconsider(pool);
		return true;
	case BROKER_HANDED_OVER:
		pool_reconsider(pool);
		return true;
	case BROKER_SURPLUS:
		pool_report_surplus(pool);
		return true;
	default:
		return true;
	}
}

bool worker_free(struct pooltoy_worker *worker, slot_word word, uint64_t generation)
{
	if (!health_is_watched(&worker->pool->config.health))
		return hand_on(worker, word, generation);
	if (worker_is_over_a_limit(worker))
		return worker_retire_from(worker, word);
	worker_note_idle(worker);
	if (!hand_on(worker, word, generation))
		return false;
	worker_retire_idle(worker);
	return true;
}

bool worker_dismiss(struct pooltoy_worker *worker)
{
	struct pooltoy_pool *pool = worker->pool;
	slot_word word = slot_look(&worker->slot);

	if (slot_word_state(word) != SLOT_IDLE ||
	    !broker_drop_overflow(&pool->broker, broker_stay(&pool->broker)))
		return false;
	if (worker_stop_from(worker, word, SLOT_DISMISSED))
		return true;
	broker_add_overflow(&pool->broker);
	pool_wake_manager(pool); /* as after BROKER_MOVED */
	return false;
}

static bool end_lease(struct pooltoy_worker *worker, slot_word word, slot_word ended)
{
	if (slot_word_state(ended) == SLOT_IDLE)
		return worker_free(worker, word, slot_word_generation(ended));
	if (slot_move(&worker->slot, word, ended) == SLOT_MOVED)
		return false;
	worker_wake(worker);
	return true;
}

bool worker_checked_in(struct pooltoy_worker *worker, slot_word word, bool clean)
{
	return end_lease(worker, word, slot_word_checked_in(word, clean));
}

bool worker_client_ended(struct pooltoy_worker *worker, slot_word word)
{
	struct pool_config *config = &worker->pool->config;

	if (config->replace_on_client_death)
		return worker_stop_from(worker, word, SLOT_REPLACED);
	return end_lease(worker, word, slot_word_client_ended(word, config->ops.reset == NULL));
}

void worker_flag_cleared(struct pooltoy_worker *worker, slot_word word)
{
	if (slot_word_state(word) != SLOT_LEASED)
		worker_wake(worker);
}
