/* SPDX-License-Identifier: MIT */
/* leased_slot.c: the word, and the end of the client. */
#include "leased_slot.h"

struct slot leased_slot;
uint64_t leased_slot_lease;
unsigned leased_slot_ends;

void leased_slot_set_up(void)
{
	memset(&leased_slot, 0, sizeof leased_slot);
	leased_slot_ends = 0;
	leased_slot_lease = 7;
	sync_store(&leased_slot.word, slot_word_make(leased_slot_lease, 0, SLOT_LEASED), relaxed);
}

void leased_slot_ended(unsigned sight)
{
	explore_saw(sight);
	leased_slot_ends++;
}

void leased_slot_close_client(void)
{
	slot_word word;

	do {
		word = slot_look(&leased_slot);
		if (!slot_word_is_lease(word, leased_slot_lease))
			return;
	} while (slot_move(&leased_slot, word, slot_word_client_ended(word, false)) == SLOT_MOVED);
	leased_slot_ended(ENDED_BY_CLIENT);
}
