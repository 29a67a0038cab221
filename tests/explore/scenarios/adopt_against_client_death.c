/* SPDX-License-Identifier: MIT */
/* adopt_against_client_death.c: the receiver has the lease, or it is free. */
#include "leased_slot.h"

enum { ADOPTED = LEASED_SLOT_SIGHTS, TOO_LATE };

static void adopt(void)
{
	uint64_t adopted;

	if (slot_adopt(&leased_slot, leased_slot_lease, &adopted) == SLOT_DONE) {
		leased_slot_ended(ADOPTED);
		EXPLORE_CHECK(slot_claim(&leased_slot, leased_slot_lease, SLOT_CALLING) ==
			      SLOT_STALE);
		EXPLORE_CHECK(slot_word_is_lease(slot_look(&leased_slot), adopted));
	} else {
		explore_saw(TOO_LATE);
	}
}

static void finish(void)
{
	EXPLORE_CHECK(leased_slot_ends == 1);
}

EXPLORE_SCENARIO(adopt_against_client_death) = {
	.story = "a lease is handed over while its client dies: the receiver has it, or it is free",
	.setup = leased_slot_set_up,
	.finish = finish,
	.fibers = { { "receiver", adopt, false }, { "closer", leased_slot_close_client, false } },
	.sights = { [ENDED_BY_CLIENT] = "ended with its client",
		    [ADOPTED] = "adopted",
		    [TOO_LATE] = "too late" },
	.bound = 3,
	.cap = 200000,
};
