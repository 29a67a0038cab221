/* SPDX-License-Identifier: MIT */
/* withhold.c: slot words that follow what is to be withheld. */
#include "withhold.h"
#include "drain.h"

static bool is_to_be(struct pooltoy_worker *worker)
{
	/* Sequentially consistent: who writes it then looks at the words, who changes a word then looks at this. */
	struct pooltoy_pool *pool = worker->slot.pool;

	return sync_load(&pool->paused, seq_cst) ||
	       sync_load(&pool->state, seq_cst) == POOL_DRAINING;
}

void withhold_follow(struct pooltoy_worker *worker)
{
	struct slot *slot = &worker->slot;

	for (;;) {
		bool wanted = is_to_be(worker);
		slot_word word = slot_look(slot);

		if (!slot_word_can_be_withheld(word) || !(word & SLOT_WITHHELD) == !wanted)
			return;
		if (wanted)
			slot_withhold(slot, word);
		else if (slot_word_state(word) == SLOT_IDLE)
			worker_offer(worker, word, slot_word_generation(word));
		else
			slot_withhold_no_more(slot, word);
	}
}

void withhold_follow_all(struct pooltoy_pool *pool)
{
	unsigned count = slot_table_count(&pool->broker.slots), index;

	for (index = 0; index < count; index++)
		withhold_follow(worker_at(pool, index));
}

bool withhold_keeps_from_tasks(struct pooltoy_worker *worker)
{
	return sync_load(&worker->slot.word, relaxed) & SLOT_WITHHELD &&
	       pool_state(worker->pool) != POOL_DRAINING;
}

void withhold_serve(struct pooltoy_worker *worker)
{
	slot_word word = slot_look(&worker->slot);

	if (slot_word_is_idle_withheld(word) &&
	    slot_move(&worker->slot, word,
		      slot_word_make(slot_word_generation(word), SLOT_WITHHELD, SLOT_SERVING)) ==
		    SLOT_DONE)
		worker_wake(worker);
}

bool withhold_freed(struct pooltoy_worker *worker, slot_word word, uint64_t generation)
{
	struct pooltoy_pool *pool = worker->pool;

	if (slot_move(&worker->slot, word, slot_word_make(generation, SLOT_WITHHELD, SLOT_IDLE)) ==
	    SLOT_MOVED)
		return false;
	pool_report_surplus(pool);
	drain_wake(pool); /* if tasks wait, who drains the pool has them run */
	return true;
}
