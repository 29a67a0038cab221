/* SPDX-License-Identifier: MIT */
/* idle_hints.h: a two-level bitmap that leads to idle slots in a few steps. */
#ifndef POOLTOY_LIB_IDLE_HINTS_H
#define POOLTOY_LIB_IDLE_HINTS_H

#include "slot_table.h"

/*
 * A bit for each slot that may be idle, and above it a bit for each word of those that may have one
 * set. Hints: the slot word alone decides.
 *
 * Any thread at any time; lock-free. A slot says itself whether its bits are set (`hinted`), so that
 * who makes it idle mostly has no more to look at than the slot's own line. What must not happen is an
 * idle slot without its bits, with nobody about to set them. The two who meet:
 *   - who made a slot idle then looks whether it is hinted; if not, says so and sets its bits;
 *   - who finds a bit set on a slot that is not idle clears it, then says that the slot is not hinted,
 *     then looks at the slot again, and sets the bits again if it is idle after all.
 * All these steps are sequentially consistent, so at least one of the two sees the other. A slot is
 * said to be hinted before its bit is set, and its bit is cleared before that is taken back: so it may
 * be set without being said to be, which costs a write at most, never the other way round but for the
 * moment until one of the two has gone on.
 *
 * Between the levels it is the same: who sets a bit then looks at the summary's; who finds a summary
 * bit set on a word without any clears it, then looks at the word again. Who sets a bit again must look
 * at the waiters afterwards, as a checkin does: a waiter may have looked in between (`set_again`).
 */
struct idle_hints {
	unsigned words, summaries;
	sync_atomic(uint64_t) * slots;   /* bit i of word w: slot 64 w + i */
	sync_atomic(uint64_t) * summary; /* bit i of word w: slots[64 w + i] */
};

/* False: no memory. */
bool idle_hints_init(struct idle_hints *hints, unsigned capacity);
void idle_hints_destroy(struct idle_hints *hints);

/* After the slot was made idle. */
void idle_hints_set(struct idle_hints *hints, struct slot *slot);
static inline void idle_hints_put(struct idle_hints *hints, struct slot *slot)
{
	if (!sync_load(&slot->hinted, seq_cst))
		idle_hints_set(hints, slot);
}

/*
 * Leases an idle slot: true, the slot and the lease's generation. Looks from slot `start` (any
 * number) upward and round, first among the 64 of its word, then among the 4,096 of that word's
 * summary.
 */
bool idle_hints_take(struct idle_hints *hints, struct slot_table *table, unsigned start,
		     struct slot **slot, uint64_t *generation, bool *set_again);

/* Whether that would find no hint at all: the first thing it looks at. */
static inline bool idle_hints_none(struct idle_hints *hints)
{
	unsigned i;

	for (i = 0; i < hints->summaries; i++)
		if (sync_load(&hints->summary[i], seq_cst))
			return false;
	return true;
}

/* Whether some slot is idle. */
bool idle_hints_any(struct idle_hints *hints, struct slot_table *table, bool *set_again);

#endif
