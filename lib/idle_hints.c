/* SPDX-License-Identifier: MIT */
/* idle_hints.c: the two-level bitmap of slots that may be idle. */
#include "idle_hints.h"

enum { BITS = 64 };

static unsigned words_for(unsigned bits)
{
	return (bits + BITS - 1) / BITS;
}

bool idle_hints_init(struct idle_hints *hints, unsigned capacity)
{
	hints->words = words_for(capacity);
	hints->summaries = words_for(hints->words);
	hints->slots = sync_alloc_lines(hints->words * sizeof *hints->slots);
	hints->summary = sync_alloc_lines(hints->summaries * sizeof *hints->summary);
	if (hints->slots && hints->summary)
		return true;
	idle_hints_destroy(hints);
	return false;
}

void idle_hints_destroy(struct idle_hints *hints)
{
	sync_free((void *)hints->slots);
	sync_free((void *)hints->summary);
}

/* Sets bit `index` if it is clear, so that a bit that stays set costs no write. */
static void set_bit(sync_atomic(uint64_t) * bitmap, unsigned index)
{
	sync_atomic(uint64_t) *word = &bitmap[index / BITS];
	uint64_t bit = UINT64_C(1) << index % BITS;

	if (!(sync_load(word, seq_cst) & bit))
		sync_fetch_or(word, bit, seq_cst);
}

static void clear_bit(sync_atomic(uint64_t) * bitmap, unsigned index)
{
	sync_fetch_and(&bitmap[index / BITS], ~(UINT64_C(1) << index % BITS), seq_cst);
}

void idle_hints_set(struct idle_hints *hints, struct slot *slot)
{
	sync_store(&slot->hinted, true, seq_cst);
	set_bit(hints->slots, slot->index);
	set_bit(hints->summary, slot->index / BITS);
}

static void drop_hint(struct idle_hints *hints, struct slot *slot, bool *set_again)
{
	clear_bit(hints->slots, slot->index);
	sync_store(&slot->hinted, false, seq_cst);
	if (slot_word_is_idle(slot_look(slot))) {
		idle_hints_set(hints, slot);
		*set_again = true;
	}
}

static void drop_summary(struct idle_hints *hints, unsigned word, bool *set_again)
{
	clear_bit(hints->summary, word);
	if (sync_load(&hints->slots[word], seq_cst) != 0) {
		set_bit(hints->summary, word);
		*set_again = true;
	}
}

/* What is done with a slot that may be idle: true ends the search. */
typedef bool slot_visit(struct slot *slot, uint64_t *generation);

static bool visit_look(struct slot *slot, uint64_t *generation)
{
	(void)generation;
	return slot_word_is_idle(slot_look(slot));
}

/* The slots of one word, from bit `start` on and round. */
static struct slot *search_word(struct idle_hints *hints, struct slot_table *table, unsigned word,
				unsigned start, slot_visit *visit, uint64_t *generation,
				bool *set_again)
{
	uint64_t bits = sync_load(&hints->slots[word], seq_cst);
	uint64_t below = (UINT64_C(1) << start) - 1;

	if (bits == 0)
		drop_summary(hints, word, set_again);
	while (bits) {
		uint64_t next = bits & ~below ? bits & ~below : bits;
		unsigned bit = (unsigned)__builtin_ctzll(next);
		struct slot *slot = slot_table_at(table, word * BITS + bit);

		if (visit(slot, generation))
			return slot;
		drop_hint(hints, slot, set_again);
		bits &= ~(UINT64_C(1) << bit);
	}
	return NULL;
}

static struct slot *search(struct idle_hints *hints, struct slot_table *table, unsigned start,
			   slot_visit *visit, uint64_t *generation, bool *set_again)
{
	unsigned summaries = hints->summaries, count = slot_table_count(table);
	/* Of those that there are slots for by now: threads that start at different ones stay apart. */
	unsigned first_word = count ? start / BITS % words_for(count) : 0;
	unsigned first_summary = first_word / BITS, i;

	/* The word that `start` lies in comes first, and its summary word, from there on, first of
	 * those. */
	for (i = 0; i < summaries; i++) {
		unsigned summary = (first_summary + i) % summaries;
		uint64_t bits = sync_load(&hints->summary[summary], seq_cst);
		uint64_t below = i == 0 ? (UINT64_C(1) << first_word % BITS) - 1 : 0;

		while (bits) {
			uint64_t next = bits & ~below ? bits & ~below : bits;
			unsigned bit = (unsigned)__builtin_ctzll(next);
			unsigned word = summary * BITS + bit;
			struct slot *slot = search_word(hints, table, word,
							word == first_word ? start % BITS : 0,
							visit, generation, set_again);

			if (slot)
				return slot;
			bits &= ~(UINT64_C(1) << bit);
		}
	}
	return NULL;
}

bool idle_hints_take(struct idle_hints *hints, struct slot_table *table, unsigned start,
		     struct slot **slot, uint64_t *generation, bool *set_again)
{
	*slot = search(hints, table, start, slot_lease, generation, set_again);
	return *slot != NULL;
}

bool idle_hints_any(struct idle_hints *hints, struct slot_table *table, bool *set_again)
{
	return search(hints, table, 0, visit_look, NULL, set_again) != NULL;
}
