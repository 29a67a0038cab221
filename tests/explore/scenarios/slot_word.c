/* SPDX-License-Identifier: MIT */
/* slot_word.c: one lease, and all who may end it: each lease ends once, nobody meets in the state. */
#include "explore.h"

#include "slot.h"

enum { ENDED_BY_HOLDER, ENDED_BY_CLIENT, ENDED_BY_KILL, BORROWED, GAVE_BACK_LATE, RESET };

static struct slot slot;
static uint64_t lease;
static unsigned inside, ends;
static bool terminated;

/* Leased at its generation, by a worker that is killed before long. */
static void set_up(void)
{
	memset(&slot, 0, sizeof slot);
	inside = ends = 0;
	terminated = false;
	lease = 7;
	sync_store(&slot.word, slot_word_make(lease, 0, SLOT_LEASED), relaxed);
}

static void be_inside(void)
{
	EXPLORE_CHECK(!terminated);
	EXPLORE_CHECK(inside == 0);
	inside++;
	SYNC_POINT("use", NULL);
	inside--;
}

static void lease_ends(unsigned sight)
{
	explore_saw(sight);
	ends++;
}

static void borrow_then_check_in(void)
{
	slot_word word;

	if (slot_claim(&slot, lease, SLOT_BORROWED) == SLOT_DONE) {
		explore_saw(BORROWED);
		be_inside();
		word = slot_give_back(&slot);
		if (!slot_word_is_lease(word, lease))
			explore_saw(GAVE_BACK_LATE);
	}
	do {
		word = slot_look(&slot);
		if (!slot_word_is_lease(word, lease))
			return;
	} while (slot_move(&slot, word, slot_word_checked_in(word, true)) == SLOT_MOVED);
	lease_ends(ENDED_BY_HOLDER);
}

static void close_client(void)
{
	slot_word word;

	do {
		word = slot_look(&slot);
		if (!slot_word_is_lease(word, lease))
			return;
	} while (slot_move(&slot, word, slot_word_client_ended(word, false)) == SLOT_MOVED);
	lease_ends(ENDED_BY_CLIENT);
}

static void kill_worker(void)
{
	if (slot_word_state(slot_stop(&slot, SLOT_KILLED)) == SLOT_LEASED)
		lease_ends(ENDED_BY_KILL);
}

static bool has_work(void)
{
	slot_word word = slot_look(&slot);

	return !(word & SLOT_FLAGS) &&
	       (slot_word_state(word) == SLOT_RESETTING || slot_word_state(word) == SLOT_STOPPING);
}

static void work(void)
{
	for (;;) {
		slot_word word;

		sync_yield_until(has_work());
		word = slot_look(&slot);
		be_inside();
		if (slot_word_state(word) == SLOT_STOPPING)
			break;
		explore_saw(RESET);
		slot_move(&slot, word, slot_word_make(slot_word_generation(word), 0, SLOT_IDLE));
	}
	terminated = true;
	slot_vacate(&slot);
}

static void finish(void)
{
	slot_word word = slot_look(&slot);

	EXPLORE_CHECK(ends == 1);
	EXPLORE_CHECK(slot_word_state(word) == SLOT_VACANT && !(word & SLOT_FLAGS));
	EXPLORE_CHECK(slot_word_generation(word) > lease);
}

EXPLORE_SCENARIO(lease_against_all_ends) = {
	.story = "checkin, end of the client, a kill and a borrowed state: a lease ends exactly "
		 "once",
	.setup = set_up,
	.finish = finish,
	.fibers = { { "holder", borrow_then_check_in, false },
		    { "closer", close_client, false },
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

/* Hand-over: the receiver adopts, the giver dies. */

enum { ADOPTED, TOO_LATE };

static void adopt(void)
{
	uint64_t adopted;

	if (slot_adopt(&slot, lease, &adopted) == SLOT_DONE) {
		explore_saw(ADOPTED);
		ends++;
		EXPLORE_CHECK(slot_claim(&slot, lease, SLOT_CALLING) == SLOT_STALE);
		EXPLORE_CHECK(slot_word_is_lease(slot_look(&slot), adopted));
	} else {
		explore_saw(TOO_LATE);
	}
}

static void one_end(void)
{
	EXPLORE_CHECK(ends == 1);
}

EXPLORE_SCENARIO(adopt_against_client_death) = {
	.story = "a lease is handed over while its client dies: the receiver has it, or it is free",
	.setup = set_up,
	.finish = one_end,
	.fibers = { { "receiver", adopt, false }, { "closer", close_client, false } },
	.sights = { [ADOPTED] = "adopted",
		    [TOO_LATE] = "too late",
 },
	.bound = 3,
	.cap = 200000,
};
