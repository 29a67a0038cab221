/* SPDX-License-Identifier: MIT */
/* idle_hints.h: a two-level bitmap that leads to idle slots in a few steps. */
#ifndef POOLTOY_LIB_IDLE_HINTS_H
#define POOLTOY_LIB_IDLE_HINTS_H

#include "slot_table.h"

/*
 * A bit for each slot that may be idle, and above it a bit for each word of those that may have one
 * set. Hints: the slot word alone decides.
 *
 * Any thread at any time; lock-free. What must not happen is an idle slot without its bits, with
 * nobody about to set them. The two who meet:
 *   - who made a slot idle then looks at its bit, and sets it if it is clear (idle_hints_put);
 *   - who finds a bit set on a slot that is not idle clears it, then looks at the slot again, and
 * sets the bit again if it is idle after all. All four steps are sequentially consistent, so at
 * least one of the two sees the other. The same holds between the levels. Who sets a bit again must
 * look at the waiters afterwards, as a checkin does: a waiter may have looked in between
 * (`set_again`).
 */
enum { HINT_BITS = 64 }; /* in a word */

struct idle_hints {
	unsigned words;
	sync_atomic(uint64_t) * slots;   /* bit i of word w: slot 64 w + i */
	sync_atomic(uint64_t) * summary; /* bit i of word w: slots[64 w + i] */
};

/* False: no memory. */
bool idle_hints_init(struct idle_hints *hints, unsigned capacity);
void idle_hints_destroy(struct idle_hints *hints);

/* Sets bit `index` if it is clear, so that a bit that stays set costs no write. */
static inline void idle_hints_set(sync_atomic(uint64_t) * bitmap, unsigned index)
{
	sync_atomic(uint64_t) *word = &bitmap[index / HINT_BITS];
	uint64_t bit = UINT64_C(1) << index % HINT_BITS;

	if (!(sync_load(word, seq_cst) & bit))
		sync_fetch_or(word, bit, seq_cst);
}

/* After slot `index` was made idle. */
static inline void idle_hints_put(struct idle_hints *hints, unsigned index)
{
	idle_hints_set(hints->slots, index);
	idle_hints_set(hints->summary, index / HINT_BITS);
}

/*
 * Leases an idle slot: true, the slot and the lease's generation. Looks from slot `start` (any
 * number) upward and round, first among the 64 of its word, then among the 4,096 of that word's
 * summary.
 */
bool idle_hints_take(struct idle_hints *hints, struct slot_table *table, unsigned start,
		     struct slot **slot, uint64_t *generation, bool *set_again);

/* Whether some slot is idle. */
bool idle_hints_any(struct idle_hints *hints, struct slot_table *table, bool *set_again);

#endif
