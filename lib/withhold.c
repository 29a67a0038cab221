/* SPDX-License-Identifier: MIT */
/* withhold.c: slot words that follow what is to be withheld. */
#include "withhold.h"

static bool is_to_be(struct pooltoy_worker *worker)
{
	/* Sequentially consistent: who writes it then looks at the words, who changes a word then looks at this. */
	return sync_load(&worker->slot.pool->paused, seq_cst);
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

bool withhold_freed(struct pooltoy_worker *worker, slot_word word, uint64_t generation)
{
	if (slot_move(&worker->slot, word, slot_word_make(generation, SLOT_WITHHELD, SLOT_IDLE)) ==
	    SLOT_MOVED)
		return false;
	pool_report_surplus(worker->pool);
	return true;
}
