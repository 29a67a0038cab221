/* SPDX-License-Identifier: MIT */
/* slot.c: the transitions of the slot word. */
#include "slot.h"

#include <assert.h>

static slot_word next_generation(slot_word word)
{
	return slot_word_make(slot_word_generation(word) + 1, word & (SLOT_FLAGS | SLOT_STOP_MASK),
			      slot_word_state(word));
}

static slot_word with_state(slot_word word, enum slot_state state)
{
	return (word & ~SLOT_STATE_MASK) | (slot_word)state;
}

#ifdef POOLTOY_DEBUG
#define FROM(state) (1u << (state))
static const unsigned allowed_from[] = {
	[SLOT_VACANT] = FROM(SLOT_STOPPING),
	[SLOT_STARTING] = FROM(SLOT_VACANT),
	[SLOT_IDLE] =
		FROM(SLOT_STARTING) | FROM(SLOT_LEASED) | FROM(SLOT_RESETTING) | FROM(SLOT_SERVING),
	/* From IDLE to IDLE or SERVING: see slot_check_move. */
	[SLOT_LEASED] = FROM(SLOT_IDLE) | FROM(SLOT_LEASED) | FROM(SLOT_STARTING) |
			FROM(SLOT_RESETTING) | FROM(SLOT_SERVING),
	[SLOT_RESETTING] = FROM(SLOT_LEASED) | FROM(SLOT_RESETTING),
	[SLOT_STOPPING] = FROM(SLOT_STARTING) | FROM(SLOT_IDLE) | FROM(SLOT_LEASED) |
			  FROM(SLOT_RESETTING) | FROM(SLOT_STOPPING) | FROM(SLOT_SERVING),
	[SLOT_SERVING] =
		FROM(SLOT_LEASED) | FROM(SLOT_STARTING) | FROM(SLOT_RESETTING) | FROM(SLOT_SERVING)
};

void slot_check_move(slot_word from, slot_word to)
{
	enum slot_state state = slot_word_state(to);
	bool withheld =
		slot_word_is_idle_withheld(from) && (state == SLOT_IDLE || state == SLOT_SERVING);

	assert(withheld || allowed_from[state] & FROM(slot_word_state(from)));
	/* Free means unused; and the state is used by one at a time. */
	assert((state != SLOT_IDLE && state != SLOT_VACANT && state != SLOT_SERVING) ||
	       (to & SLOT_FLAGS) == 0);
	assert(!(to & SLOT_BORROWED) || !(to & (SLOT_CALLING | SLOT_CASTING)));
}
#endif

enum slot_result slot_claim(struct slot *slot, uint64_t generation, slot_word flag)
{
	slot_word word = sync_load(&slot->word, relaxed);

	do {
		if (!slot_word_is_lease(word, generation))
			return SLOT_STALE;
		if (word & SLOT_BORROWED || (word & flag) ||
		    (flag == SLOT_BORROWED && word & SLOT_FLAGS))
			return SLOT_BUSY;
	} while (!sync_cas(&slot->word, &word, word | flag, seq_cst));
	return SLOT_DONE;
}

enum slot_result slot_claim_casting(struct slot *slot, uint64_t generation)
{
	slot_word word = sync_load(&slot->word, relaxed);

	do {
		if (!slot_word_is_lease(word, generation))
			return SLOT_STALE;
		if (word & SLOT_BORROWED)
			return SLOT_BUSY;
		/* Also if it is set: a lease that ends now must find it set, or have ended before.
		 */
	} while (!sync_cas(&slot->word, &word, word | SLOT_CASTING, seq_cst));
	return SLOT_DONE;
}

slot_word slot_unclaim(struct slot *slot, slot_word flag)
{
	return sync_fetch_and(&slot->word, ~flag, seq_cst) & ~flag;
}

slot_word slot_give_back(struct slot *slot)
{
	slot_word word = sync_load(&slot->word, relaxed), without;

	do {
		assert(word & SLOT_BORROWED);
		without = word & ~SLOT_BORROWED;
		if (slot_word_state(word) != SLOT_LEASED)
			without = next_generation(without);
	} while (!sync_cas(&slot->word, &word, without, seq_cst));
	return without;
}

bool slot_serve(struct slot *slot, uint64_t generation)
{
	slot_word word = slot_word_make(generation, 0, SLOT_LEASED);

	while (slot_move(slot, word,
			 slot_word_make(generation, word & SLOT_WITHHELD, SLOT_SERVING)) ==
	       SLOT_MOVED) {
		word = slot_look(slot);
		if (!slot_word_is_lease(word, generation))
			return false;
	}
	return true;
}

bool slot_withhold(struct slot *slot, slot_word word)
{
	assert(slot_word_can_be_withheld(word));
	return sync_cas(&slot->word, &word, word | SLOT_WITHHELD, seq_cst);
}

bool slot_withhold_no_more(struct slot *slot, slot_word word)
{
	assert(slot_word_can_be_withheld(word) && slot_word_state(word) != SLOT_IDLE);
	return sync_cas(&slot->word, &word, word & ~SLOT_WITHHELD, seq_cst);
}

enum slot_result slot_adopt(struct slot *slot, uint64_t generation, uint64_t *adopted)
{
	slot_word word = sync_load(&slot->word, relaxed), to;

	do {
		if (!slot_word_is_lease(word, generation))
			return SLOT_STALE;
		if (word & (SLOT_BORROWED | SLOT_CALLING))
			return SLOT_BUSY;
		to = next_generation(word);
	} while (!sync_cas(&slot->word, &word, to, seq_cst));
	*adopted = slot_word_generation(to);
	return SLOT_DONE;
}

slot_word slot_word_checked_in(slot_word word, bool clean)
{
	slot_word ended = next_generation(word & ~SLOT_BORROWED);

	return with_state(ended, clean && !(ended & SLOT_FLAGS) ? SLOT_IDLE : SLOT_RESETTING);
}

slot_word slot_word_client_ended(slot_word word, bool clean)
{
	if (word & SLOT_BORROWED)
		return with_state(word, SLOT_RESETTING);
	return slot_word_checked_in(word, clean);
}

slot_word slot_word_stopped(slot_word word, enum slot_stop_cause cause)
{
	slot_word stopped = with_state(word & ~SLOT_WITHHELD, SLOT_STOPPING) |
			    (slot_word)cause << SLOT_STOP_SHIFT;

	/*
	 * RESETTING: the lease has ended already, and moved on; the borrower moves it if it has
	 * not.
	 */
	return word & SLOT_BORROWED ? stopped : next_generation(stopped);
}

slot_word slot_stop(struct slot *slot, enum slot_stop_cause cause)
{
	slot_word word = sync_load(&slot->word, relaxed), stopped;

	do {
		if (slot_word_state(word) == SLOT_STOPPING || slot_word_state(word) == SLOT_VACANT)
			return word;
		stopped = slot_word_stopped(word, cause);
		slot_check_move(word, stopped);
	} while (!sync_cas(&slot->word, &word, stopped, seq_cst));
	return word;
}

void slot_vacate(struct slot *slot)
{
	slot_word word = sync_load(&slot->word, relaxed);
	slot_word vacant = slot_word_make(slot_word_generation(word), 0, SLOT_VACANT);

	/* Nobody else moves a word that is STOPPING with no flag set. */
	slot_check_move(word, vacant);
	assert((word & SLOT_FLAGS) == 0);
	sync_store(&slot->word, vacant, release);
}
