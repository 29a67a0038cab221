/* SPDX-License-Identifier: MIT */
/* lease_against_all_ends.c: it ends once, and nobody meets in the state. */
#include "leased_slot.h"

enum { ENDED_BY_HOLDER = LEASED_SLOT_SIGHTS, ENDED_BY_KILL, BORROWED, GAVE_BACK_LATE, RESET };

static unsigned inside;
static bool terminated;

static void set_up(void)
{
	leased_slot_set_up();
	inside = 0;
	terminated = false;
}

static void be_inside(void)
{
	EXPLORE_CHECK(!terminated);
	EXPLORE_CHECK(inside == 0);
	inside++;
	SYNC_POINT("use", NULL);
	inside--;
}

static void borrow_then_check_in(void)
{
	slot_word word;

	if (slot_claim(&leased_slot, leased_slot_lease, SLOT_BORROWED) == SLOT_DONE) {
		explore_saw(BORROWED);
		be_inside();
		word = slot_give_back(&leased_slot);
		if (!slot_word_is_lease(word, leased_slot_lease))
			explore_saw(GAVE_BACK_LATE);
	}
	do {
		word = slot_look(&leased_slot);
		if (!slot_word_is_lease(word, leased_slot_lease))
			return;
	} while (slot_move(&leased_slot, word, slot_word_checked_in(word, true)) == SLOT_MOVED);
	leased_slot_ended(ENDED_BY_HOLDER);
}

static void kill_worker(void)
{
	if (slot_word_state(slot_stop(&leased_slot, SLOT_KILLED)) == SLOT_LEASED)
		leased_slot_ended(ENDED_BY_KILL);
}

static bool has_work(void)
{
	slot_word word = slot_look(&leased_slot);

	return !(word & SLOT_FLAGS) &&
	       (slot_word_state(word) == SLOT_RESETTING || slot_word_state(word) == SLOT_STOPPING);
}

static void work(void)
{
	for (;;) {
		slot_word word;

		sync_yield_until(has_work());
		word = slot_look(&leased_slot);
		be_inside();
		if (slot_word_state(word) == SLOT_STOPPING)
			break;
		explore_saw(RESET);
		slot_move(&leased_slot, word,
			  slot_word_make(slot_word_generation(word), 0, SLOT_IDLE));
	}
	terminated = true;
	slot_vacate(&leased_slot);
}

static void finish(void)
{
	slot_word word = slot_look(&leased_slot);

	EXPLORE_CHECK(leased_slot_ends == 1);
	EXPLORE_CHECK(slot_word_state(word) == SLOT_VACANT && !(word & SLOT_FLAGS));
	EXPLORE_CHECK(slot_word_generation(word) > leased_slot_lease);
}

EXPLORE_SCENARIO(lease_against_all_ends) = {
	.story = "checkin, end of the client, a kill and a borrowed state: a lease ends exactly "
		 "once",
	.setup = set_up,
	.finish = finish,
	.fibers = { { "holder", borrow_then_check_in, false },
		    { "closer", leased_slot_close_client, false },
		    { "killer", kill_worker, false },
		    { "worker", work, false } },
	.sights = { [ENDED_BY_HOLDER] = "checked in",
		    [ENDED_BY_CLIENT] = "ended with its client",
		    [ENDED_BY_KILL] = "ended with its worker",
		    [BORROWED] = "the state was borrowed",
		    [GAVE_BACK_LATE] = "given back after the lease had ended",
		    [RESET] = "the worker reset it" },
	.bound = 3,
	.cap = 200000,
};
