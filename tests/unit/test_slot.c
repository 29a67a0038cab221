/* SPDX-License-Identifier: MIT */
/* test_slot.c: the slot word's transitions, one by one, and two threads at one word. */
#include "support/suite.h"
#include "slot.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define GENERATION UINT64_C(41)

static struct slot slot_in(uint64_t generation, slot_word flags, enum slot_state state)
{
	struct slot slot = { .index = 0 };

	atomic_init(&slot.word, slot_word_make(generation, flags, state));
	return slot;
}

#define SLOT_IS(slot, generation, flags, state) \
	CU_ASSERT_EQUAL(slot_look(slot), slot_word_make(generation, flags, state))

static const enum slot_state states[] = { SLOT_VACANT,    SLOT_STARTING, SLOT_IDLE,   SLOT_LEASED,
					  SLOT_RESETTING, SLOT_STOPPING, SLOT_SERVING };
enum { STATES = sizeof states / sizeof states[0] };
/* All that can stand together. */
static const slot_word flag_sets[] = { 0, SLOT_BORROWED, SLOT_CALLING, SLOT_CASTING,
				       SLOT_CALLING | SLOT_CASTING };
enum { FLAG_SETS = sizeof flag_sets / sizeof flag_sets[0] };

static void fresh_memory_is_a_vacant_slot(void)
{
	struct slot slot = { 0 };

	CU_ASSERT_EQUAL(slot_word_state(slot_look(&slot)), SLOT_VACANT);
	CU_ASSERT_EQUAL(slot_word_generation(slot_look(&slot)), 0);
}

static void only_an_idle_slot_can_be_leased_and_keeps_its_generation(void)
{
	unsigned i;

	for (i = 0; i < STATES; i++) {
		struct slot slot = slot_in(GENERATION, 0, states[i]);
		slot_word before = slot_look(&slot);
		uint64_t generation = 0;

		if (states[i] == SLOT_IDLE) {
			CU_ASSERT(slot_lease(&slot, &generation));
			CU_ASSERT_EQUAL(generation, GENERATION);
			SLOT_IS(&slot, GENERATION, 0, SLOT_LEASED);
		} else {
			CU_ASSERT_FALSE(slot_lease(&slot, &generation));
			CU_ASSERT_EQUAL(slot_look(&slot), before);
		}
	}
}

static void a_lease_lives_at_its_generation_and_in_no_other_state(void)
{
	unsigned i, j;

	for (i = 0; i < STATES; i++) {
		for (j = 0; j < FLAG_SETS; j++) {
			slot_word word = slot_word_make(GENERATION, flag_sets[j], states[i]);

			CU_ASSERT_EQUAL(slot_word_is_lease(word, GENERATION),
					states[i] == SLOT_LEASED);
			CU_ASSERT_FALSE(slot_word_is_lease(word, GENERATION - 1));
			CU_ASSERT_FALSE(slot_word_is_lease(word, GENERATION + 1));
		}
	}
}

static void a_step_from_a_word_that_has_changed_does_nothing(void)
{
	struct slot slot = slot_in(GENERATION, 0, SLOT_LEASED);
	slot_word looked = slot_look(&slot);

	CU_ASSERT_EQUAL(slot_claim(&slot, GENERATION, SLOT_CALLING), SLOT_DONE);
	CU_ASSERT_EQUAL(slot_move(&slot, looked, slot_word_make(GENERATION + 1, 0, SLOT_IDLE)),
			SLOT_MOVED);
	SLOT_IS(&slot, GENERATION, SLOT_CALLING, SLOT_LEASED);
	looked = slot_look(&slot);
	CU_ASSERT_EQUAL(slot_move(&slot, looked, slot_word_checked_in(looked, true)), SLOT_DONE);
	SLOT_IS(&slot, GENERATION + 1, SLOT_CALLING, SLOT_RESETTING);
}

/* What a claim of `flag` is to answer while `present` are set. */
static enum slot_result claim_answer(slot_word flag, slot_word present)
{
	if (present & SLOT_BORROWED)
		return SLOT_BUSY;
	if (flag == SLOT_BORROWED)
		return present ? SLOT_BUSY : SLOT_DONE;
	if (flag == SLOT_CALLING)
		return present & SLOT_CALLING ? SLOT_BUSY : SLOT_DONE;
	return SLOT_DONE; /* casts pile up */
}

static enum slot_result claim(struct slot *slot, uint64_t generation, slot_word flag)
{
	return flag == SLOT_CASTING ? slot_claim_casting(slot, generation)
				    : slot_claim(slot, generation, flag);
}

static void the_state_is_borrowed_alone_and_calls_and_casts_go_together(void)
{
	static const slot_word flags[] = { SLOT_BORROWED, SLOT_CALLING, SLOT_CASTING };
	unsigned i, j;

	for (i = 0; i < 3; i++) {
		for (j = 0; j < FLAG_SETS; j++) {
			struct slot slot = slot_in(GENERATION, flag_sets[j], SLOT_LEASED);
			enum slot_result answer = claim_answer(flags[i], flag_sets[j]);

			CU_ASSERT_EQUAL(claim(&slot, GENERATION, flags[i]), answer);
			SLOT_IS(&slot, GENERATION,
				flag_sets[j] | (answer == SLOT_DONE ? flags[i] : 0), SLOT_LEASED);
		}
	}
}

static void nothing_is_claimed_for_a_lease_that_has_ended(void)
{
	static const slot_word flags[] = { SLOT_BORROWED, SLOT_CALLING, SLOT_CASTING };
	unsigned i, j;

	for (i = 0; i < 3; i++) {
		struct slot leased = slot_in(GENERATION, 0, SLOT_LEASED);

		CU_ASSERT_EQUAL(claim(&leased, GENERATION - 1, flags[i]), SLOT_STALE);
		CU_ASSERT_EQUAL(claim(&leased, GENERATION + 1, flags[i]), SLOT_STALE);
		SLOT_IS(&leased, GENERATION, 0, SLOT_LEASED);
		for (j = 0; j < STATES; j++) {
			struct slot slot = slot_in(GENERATION, 0, states[j]);

			if (states[j] == SLOT_LEASED)
				continue;
			CU_ASSERT_EQUAL(claim(&slot, GENERATION, flags[i]), SLOT_STALE);
			SLOT_IS(&slot, GENERATION, 0, states[j]);
		}
	}
}

static void unclaiming_clears_that_flag_and_tells_the_word(void)
{
	struct slot slot = slot_in(GENERATION, SLOT_CALLING | SLOT_CASTING, SLOT_RESETTING);

	CU_ASSERT_EQUAL(slot_unclaim(&slot, SLOT_CALLING),
			slot_word_make(GENERATION, SLOT_CASTING, SLOT_RESETTING));
	SLOT_IS(&slot, GENERATION, SLOT_CASTING, SLOT_RESETTING);
	CU_ASSERT_EQUAL(slot_unclaim(&slot, SLOT_CASTING),
			slot_word_make(GENERATION, 0, SLOT_RESETTING));
}

static void a_state_given_back_moves_the_generation_only_if_its_lease_has_ended(void)
{
	struct slot alive = slot_in(GENERATION, SLOT_BORROWED, SLOT_LEASED);
	struct slot ended = slot_in(GENERATION, SLOT_BORROWED, SLOT_RESETTING);
	struct slot stopped = slot_in(GENERATION, SLOT_BORROWED, SLOT_LEASED);

	CU_ASSERT_EQUAL(slot_give_back(&alive), slot_word_make(GENERATION, 0, SLOT_LEASED));
	SLOT_IS(&alive, GENERATION, 0, SLOT_LEASED);
	CU_ASSERT_EQUAL(slot_give_back(&ended), slot_word_make(GENERATION + 1, 0, SLOT_RESETTING));
	SLOT_IS(&ended, GENERATION + 1, 0, SLOT_RESETTING);
	slot_stop(&stopped, SLOT_KILLED);
	CU_ASSERT_EQUAL(slot_word_generation(slot_look(&stopped)), GENERATION);
	slot_give_back(&stopped);
	CU_ASSERT_EQUAL(slot_word_generation(slot_look(&stopped)), GENERATION + 1);
	CU_ASSERT_EQUAL(slot_word_cause(slot_look(&stopped)), SLOT_KILLED);
}

static void an_adopted_lease_is_the_adopters_alone(void)
{
	struct slot slot = slot_in(GENERATION, SLOT_CASTING, SLOT_LEASED);
	uint64_t adopted = 0;

	CU_ASSERT_EQUAL(slot_adopt(&slot, GENERATION, &adopted), SLOT_DONE);
	CU_ASSERT_EQUAL(adopted, GENERATION + 1);
	SLOT_IS(&slot, GENERATION + 1, SLOT_CASTING, SLOT_LEASED);
	CU_ASSERT_EQUAL(slot_adopt(&slot, GENERATION, &adopted), SLOT_STALE);
	SLOT_IS(&slot, GENERATION + 1, SLOT_CASTING, SLOT_LEASED);
}

static void a_lease_in_use_cannot_be_adopted(void)
{
	struct slot borrowed = slot_in(GENERATION, SLOT_BORROWED, SLOT_LEASED);
	struct slot calling = slot_in(GENERATION, SLOT_CALLING, SLOT_LEASED);
	uint64_t adopted = 7;

	CU_ASSERT_EQUAL(slot_adopt(&borrowed, GENERATION, &adopted), SLOT_BUSY);
	CU_ASSERT_EQUAL(slot_adopt(&calling, GENERATION, &adopted), SLOT_BUSY);
	CU_ASSERT_EQUAL(adopted, 7);
	SLOT_IS(&borrowed, GENERATION, SLOT_BORROWED, SLOT_LEASED);
	SLOT_IS(&calling, GENERATION, SLOT_CALLING, SLOT_LEASED);
}

#define WORD_AFTER(word, generation, flags, state) \
	CU_ASSERT_EQUAL(word, slot_word_make(generation, flags, state))

static void a_clean_unused_worker_is_idle_after_its_checkin_any_other_is_reset(void)
{
	slot_word unused = slot_word_make(GENERATION, 0, SLOT_LEASED);
	slot_word borrowed = slot_word_make(GENERATION, SLOT_BORROWED, SLOT_LEASED);
	slot_word called = slot_word_make(GENERATION, SLOT_CALLING | SLOT_CASTING, SLOT_LEASED);

	WORD_AFTER(slot_word_checked_in(unused, true), GENERATION + 1, 0, SLOT_IDLE);
	WORD_AFTER(slot_word_checked_in(unused, false), GENERATION + 1, 0, SLOT_RESETTING);
	/* Checkin gives the borrowed state back with the lease. */
	WORD_AFTER(slot_word_checked_in(borrowed, true), GENERATION + 1, 0, SLOT_IDLE);
	WORD_AFTER(slot_word_checked_in(called, true), GENERATION + 1, SLOT_CALLING | SLOT_CASTING,
		   SLOT_RESETTING);
}

static void the_end_of_a_client_leaves_a_borrowed_state_to_the_borrower(void)
{
	slot_word unused = slot_word_make(GENERATION, 0, SLOT_LEASED);
	slot_word borrowed = slot_word_make(GENERATION, SLOT_BORROWED, SLOT_LEASED);
	slot_word called = slot_word_make(GENERATION, SLOT_CALLING, SLOT_LEASED);

	WORD_AFTER(slot_word_client_ended(unused, true), GENERATION + 1, 0, SLOT_IDLE);
	WORD_AFTER(slot_word_client_ended(unused, false), GENERATION + 1, 0, SLOT_RESETTING);
	WORD_AFTER(slot_word_client_ended(borrowed, true), GENERATION, SLOT_BORROWED,
		   SLOT_RESETTING);
	WORD_AFTER(slot_word_client_ended(called, true), GENERATION + 1, SLOT_CALLING,
		   SLOT_RESETTING);
}

static void every_slot_with_a_worker_can_be_stopped_once_and_says_why(void)
{
	unsigned i;

	for (i = 0; i < STATES; i++) {
		struct slot slot = slot_in(GENERATION, 0, states[i]);
		slot_word before = slot_look(&slot), after;

		CU_ASSERT_EQUAL(slot_stop(&slot, SLOT_BROKE), before);
		after = slot_look(&slot);
		if (states[i] == SLOT_VACANT || states[i] == SLOT_STOPPING) {
			CU_ASSERT_EQUAL(after, before);
			continue;
		}
		CU_ASSERT_EQUAL(slot_word_state(after), SLOT_STOPPING);
		CU_ASSERT_EQUAL(slot_word_cause(after), SLOT_BROKE);
		CU_ASSERT_EQUAL(slot_word_generation(after), GENERATION + 1);
		CU_ASSERT_EQUAL(slot_stop(&slot, SLOT_SWEPT), after); /* the first cause stands */
		CU_ASSERT_EQUAL(slot_look(&slot), after);
	}
}

static void stopping_keeps_the_flags_and_vacating_drops_the_cause(void)
{
	static const enum slot_stop_cause causes[] = {
		SLOT_DISMISSED, SLOT_BROKE, SLOT_KILLED, SLOT_SWEPT, SLOT_REPLACED, SLOT_RETIRED
	};
	unsigned i;

	for (i = 0; i < sizeof causes / sizeof causes[0]; i++) {
		struct slot slot = slot_in(GENERATION, SLOT_CALLING, SLOT_LEASED);

		slot_stop(&slot, causes[i]);
		CU_ASSERT_EQUAL(
			slot_look(&slot),
			slot_word_stopped(slot_word_make(GENERATION, SLOT_CALLING, SLOT_LEASED),
					  causes[i]));
		CU_ASSERT_EQUAL(slot_word_cause(slot_look(&slot)), causes[i]);
		CU_ASSERT_EQUAL(slot_look(&slot) & SLOT_FLAGS, SLOT_CALLING);
		CU_ASSERT_FALSE(slot_word_is_lease(slot_look(&slot), GENERATION));
		slot_unclaim(&slot, SLOT_CALLING);
		slot_vacate(&slot);
		SLOT_IS(&slot, GENERATION + 1, 0, SLOT_VACANT);
	}
}

static void the_generation_wraps_and_touches_nothing_else(void)
{
	struct slot slot = slot_in(SLOT_GENERATION_MASK, SLOT_CASTING, SLOT_LEASED);
	uint64_t adopted = 1;

	CU_ASSERT_EQUAL(slot_word_generation(slot_look(&slot)), SLOT_GENERATION_MASK);
	CU_ASSERT_EQUAL(slot_adopt(&slot, SLOT_GENERATION_MASK, &adopted), SLOT_DONE);
	CU_ASSERT_EQUAL(adopted, 0);
	SLOT_IS(&slot, 0, SLOT_CASTING, SLOT_LEASED);
	CU_ASSERT_EQUAL(slot_claim(&slot, SLOT_GENERATION_MASK, SLOT_CALLING), SLOT_STALE);
	CU_ASSERT_EQUAL(slot_claim(&slot, 0, SLOT_CALLING), SLOT_DONE);
}

#ifdef POOLTOY_DEBUG
/* Whether the step from one state to the other is an abort, tried in a child. */
static bool step_aborts(enum slot_state from, enum slot_state to)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		struct slot slot = slot_in(GENERATION, 0, from);
		struct rlimit none = { 0, 0 };

		setrlimit(RLIMIT_CORE, &none);
		close(STDERR_FILENO);
		signal(SIGABRT, SIG_DFL);
		slot_move(&slot, slot_look(&slot), slot_word_make(GENERATION, 0, to));
		_exit(0);
	}
	CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
	return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}
#endif

static void debug_builds_abort_at_a_step_that_the_table_does_not_have(void)
{
#ifdef POOLTOY_DEBUG
	/* By row: from; "VSILRPT" for the columns, P for STOPPING, T for SERVING (tasks). */
	static const char *const table[STATES] = { ".x.....", "..xx.xx", "...x.x.", "..xxxxx",
						   "..xxxxx", "x....x.", "..xx.xx" };
	unsigned from, to;

	for (from = 0; from < STATES; from++)
		for (to = 0; to < STATES; to++)
			CU_ASSERT_EQUAL(step_aborts(states[from], states[to]),
					table[from][to] == '.');
#else
	SKIP("this build does not check transitions");
#endif
}

/* Two threads reach for one slot at the same moment, again and again: one gets it. */
enum { ROUNDS = 10000 };

struct shared {
	struct slot slot;
	sync_atomic(unsigned) arrived, wins[2];
	unsigned held; /* the holder's */
};

struct rival {
	struct shared *shared;
	unsigned number;
};

/* As a barrier, but both leave it within some nanoseconds. */
static void meet(struct shared *shared, unsigned meeting)
{
	sync_fetch_add(&shared->arrived, 1, acq_rel);
	while (!sync_spin_until(sync_load(&shared->arrived, acquire) >= 2 * meeting, 500))
		sched_yield();
}

static void *reach_for_it(void *argument)
{
	struct rival *rival = argument;
	struct shared *shared = rival->shared;
	unsigned round;

	for (round = 0; round < ROUNDS; round++) {
		uint64_t generation = 0;
		bool won;

		meet(shared, 2 * round + 1);
		won = slot_lease(&shared->slot, &generation);
		if (won) {
			CU_ASSERT_EQUAL(generation, round);
			shared->held++;
			figure_add(&shared->wins[rival->number], 1);
		}
		meet(shared, 2 * round + 2);
		if (won) {
			slot_word word = slot_look(&shared->slot);

			slot_move(&shared->slot, word, slot_word_checked_in(word, true));
		}
	}
	return NULL;
}

static void of_two_threads_that_reach_for_a_slot_one_gets_it(void)
{
	struct shared shared = { .slot = slot_in(0, 0, SLOT_IDLE), .held = 0 };
	struct rival one = { &shared, 0 }, other = { &shared, 1 };
	pthread_t thread;

	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, reach_for_it, &one), 0);
	reach_for_it(&other);
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(figure_load(&shared.wins[0]) + figure_load(&shared.wins[1]), ROUNDS);
	CU_ASSERT_EQUAL(shared.held, ROUNDS);
	SLOT_IS(&shared.slot, ROUNDS, 0, SLOT_IDLE);
}

static void a_withheld_slot_is_idle_for_nobody(void)
{
	struct slot slot = slot_in(GENERATION, 0, SLOT_IDLE);
	uint64_t generation = 0;

	CU_ASSERT(slot_word_is_idle(slot_look(&slot)));
	CU_ASSERT_FALSE(slot_withhold(&slot, slot_look(&slot) + 1)); /* the word has changed */
	CU_ASSERT(slot_withhold(&slot, slot_look(&slot)));
	CU_ASSERT_FALSE(slot_word_is_idle(slot_look(&slot)));
	CU_ASSERT(slot_word_is_idle_withheld(slot_look(&slot)));
	CU_ASSERT_FALSE(slot_lease(&slot, &generation));
	CU_ASSERT_EQUAL(
		slot_move(&slot, slot_look(&slot), slot_word_make(GENERATION, 0, SLOT_IDLE)),
		SLOT_DONE);
	CU_ASSERT(slot_lease(&slot, &generation));
}

static void a_lease_is_withheld_to_its_end_and_no_longer_than_its_worker(void)
{
	struct slot slot = slot_in(GENERATION, SLOT_CALLING, SLOT_LEASED);
	uint64_t adopted;

	CU_ASSERT(slot_withhold(&slot, slot_look(&slot)));
	CU_ASSERT(slot_word_is_lease(slot_look(&slot), GENERATION));
	CU_ASSERT_EQUAL(slot_unclaim(&slot, SLOT_CALLING),
			slot_word_make(GENERATION, SLOT_WITHHELD, SLOT_LEASED));
	CU_ASSERT_EQUAL(slot_claim(&slot, GENERATION, SLOT_BORROWED), SLOT_DONE);
	CU_ASSERT(slot_give_back(&slot) & SLOT_WITHHELD);
	CU_ASSERT_EQUAL(slot_adopt(&slot, GENERATION, &adopted), SLOT_DONE);
	SLOT_IS(&slot, GENERATION + 1, SLOT_WITHHELD, SLOT_LEASED);
	CU_ASSERT_EQUAL(slot_word_checked_in(slot_look(&slot), true),
			slot_word_make(GENERATION + 2, SLOT_WITHHELD, SLOT_IDLE));
	CU_ASSERT_EQUAL(slot_word_client_ended(slot_look(&slot), false),
			slot_word_make(GENERATION + 2, SLOT_WITHHELD, SLOT_RESETTING));
	CU_ASSERT_FALSE(slot_withhold_no_more(&slot, slot_look(&slot) + 1));
	CU_ASSERT(slot_withhold_no_more(&slot, slot_look(&slot)));
	SLOT_IS(&slot, GENERATION + 1, 0, SLOT_LEASED);
	CU_ASSERT(slot_withhold(&slot, slot_look(&slot)));
	slot_stop(&slot, SLOT_KILLED);
	CU_ASSERT_EQUAL(slot_word_cause(slot_look(&slot)), SLOT_KILLED);
	CU_ASSERT_FALSE(slot_word_can_be_withheld(slot_look(&slot)));
}

SUITE(TEST(fresh_memory_is_a_vacant_slot),
      TEST(only_an_idle_slot_can_be_leased_and_keeps_its_generation),
      TEST(a_lease_lives_at_its_generation_and_in_no_other_state),
      TEST(a_step_from_a_word_that_has_changed_does_nothing),
      TEST(the_state_is_borrowed_alone_and_calls_and_casts_go_together),
      TEST(nothing_is_claimed_for_a_lease_that_has_ended),
      TEST(unclaiming_clears_that_flag_and_tells_the_word),
      TEST(a_state_given_back_moves_the_generation_only_if_its_lease_has_ended),
      TEST(an_adopted_lease_is_the_adopters_alone), TEST(a_lease_in_use_cannot_be_adopted),
      TEST(a_clean_unused_worker_is_idle_after_its_checkin_any_other_is_reset),
      TEST(the_end_of_a_client_leaves_a_borrowed_state_to_the_borrower),
      TEST(every_slot_with_a_worker_can_be_stopped_once_and_says_why),
      TEST(stopping_keeps_the_flags_and_vacating_drops_the_cause),
      TEST(the_generation_wraps_and_touches_nothing_else),
      TEST(debug_builds_abort_at_a_step_that_the_table_does_not_have),
      TEST(of_two_threads_that_reach_for_a_slot_one_gets_it),
      TEST(a_withheld_slot_is_idle_for_nobody),
      TEST(a_lease_is_withheld_to_its_end_and_no_longer_than_its_worker))
