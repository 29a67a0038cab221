/* SPDX-License-Identifier: MIT */
/* withhold.c: slot words that follow what is to be withheld. */
#include "withhold.h"
#include "drain.h"

static bool is_to_be(struct pooltoy_worker *worker)
{
	/* Sequentially consistent: who writes one of these then looks at the words; a worker that is started has its
	 * word written, then looks at these. */
	struct pooltoy_pool *pool = worker->slot.pool;

	return sync_load(&pool->paused, seq_cst) || sync_load(&worker->retiring, seq_cst) ||
	       sync_load(&pool->state, seq_cst) == POOL_DRAINING;
}

/* False: the word has moved meanwhile. */
static bool set_withheld(struct pooltoy_worker *worker, slot_word word, bool withheld)
{
	if (withheld)
		return slot_withhold(&worker->slot, word);
	if (slot_word_state(word) == SLOT_IDLE)
		return worker_offer(worker, word, slot_word_generation(word));
	return slot_withhold_no_more(&worker->slot, word);
}

void withhold_follow(struct pooltoy_worker *worker)
{
	struct pooltoy_pool *pool = worker->slot.pool;
	bool wanted;
	slot_word word;

	sync_mutex_lock(&pool->withholding);
	wanted = is_to_be(worker);
	do
		word = slot_look(&worker->slot);
	while (slot_word_can_be_withheld(word) && !(word & SLOT_WITHHELD) != !wanted &&
	       !set_withheld(worker, word, wanted));
	sync_mutex_unlock(&pool->withholding);
}

void withhold_follow_all(struct pooltoy_pool *pool)
{
	unsigned count = slot_table_count(&pool->broker.slots), index;

	for (index = 0; index < count; index++)
		withhold_follow(worker_at(pool, index));
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
	if (sync_load(&worker->retiring, seq_cst))
		pool_wake_manager(pool);
	drain_wake(pool); /* if tasks wait, who drains the pool has them run */
	return true;
}
