/* SPDX-License-Identifier: MIT */
/* test_broker.c: idle slots and waiting clients meet, on a clock of the test's own. */
#include "support/suite.h"
#include "support/faults.h"
#include "unit/desk.h"

enum { LIMIT = 1600, PACE = LIMIT / 16 };

static const enum broker_strategy strategies[] = { BROKER_AFFINE, BROKER_LIFO, BROKER_FIFO };

/* A story told for each strategy. */
static void for_each_strategy(void (*story)(struct desk *desk))
{
	unsigned i;

	for (i = 0; i < 3; i++) {
		struct desk desk;

		desk_open(&desk, strategies[i], LIMIT);
		story(&desk);
		desk_close(&desk);
	}
}

static void freed_and_taken(struct desk *desk)
{
	CU_ASSERT_EQUAL(take(desk), NOTHING);
	CU_ASSERT_EQUAL(check_in(desk, 5), BROKER_IDLE);
	CU_ASSERT_EQUAL(slot_look(slot_at(desk, 5)), slot_word_make(GENERATION + 1, 0, SLOT_IDLE));
	CU_ASSERT_EQUAL(take(desk), 5);
	CU_ASSERT_EQUAL(take(desk), NOTHING);
	CU_ASSERT_EQUAL(desk_clock_reads(), 0); /* nobody waits: no clock is read */
}

static void a_freed_slot_is_idle_and_can_be_taken(void)
{
	for_each_strategy(freed_and_taken);
}

static void lifo_takes_the_last_freed_and_fifo_the_first(void)
{
	static const unsigned freed[] = { 3, 0, 7, 1 };
	unsigned i, j;

	for (i = 0; i < 3; i++) {
		struct desk desk;
		int taken;

		desk_open(&desk, strategies[i], LIMIT);
		for (j = 0; j < 4; j++)
			check_in(&desk, freed[j]);
		for (j = 0; j < 4; j++) {
			taken = take(&desk);
			if (strategies[i] == BROKER_LIFO)
				CU_ASSERT_EQUAL(taken, (int)freed[3 - j]);
			if (strategies[i] == BROKER_FIFO)
				CU_ASSERT_EQUAL(taken, (int)freed[j]);
			CU_ASSERT_NOT_EQUAL(taken, NOTHING);
		}
		desk_close(&desk);
	}
}

static void an_affine_search_begins_where_it_is_told(void)
{
	struct slot *slot = NULL;
	uint64_t generation;
	struct desk desk;

	desk_open(&desk, BROKER_AFFINE, LIMIT);
	check_in(&desk, 2);
	check_in(&desk, 9);
	CU_ASSERT(broker_take(&desk.broker, 9, &slot, &generation));
	CU_ASSERT_EQUAL(slot->index, 9);
	CU_ASSERT(broker_take(&desk.broker, 9, &slot, &generation));
	CU_ASSERT_EQUAL(slot->index, 2);
	desk_close(&desk);
}

static void freed_at_the_limit(struct desk *desk)
{
	enter(desk, 0);
	wait_for(LIMIT);
	CU_ASSERT_EQUAL(check_in(desk, 0), BROKER_IDLE);
	CU_ASSERT_EQUAL(outcome(desk, 0), WAITER_WAITING);
	CU_ASSERT(woken(desk, 0));
	CU_ASSERT_EQUAL(take(desk), 0); /* a newcomer overtakes */
	CU_ASSERT_EQUAL(leave(desk, 0), WAITER_CANCELLED);
}

static void a_head_that_has_waited_exactly_the_limit_is_nudged_and_may_be_overtaken(void)
{
	for_each_strategy(freed_at_the_limit);
}

static void freed_past_the_limit(struct desk *desk)
{
	enter(desk, 0);
	wait_for(LIMIT + 1);
	CU_ASSERT_EQUAL(check_in(desk, 0), BROKER_HANDED_OVER);
	CU_ASSERT_EQUAL(take(desk), NOTHING);
	CU_ASSERT(woken(desk, 0));
	CU_ASSERT_EQUAL(leave(desk, 0), WAITER_GRANTED);
	CU_ASSERT_PTR_EQUAL(desk->waiters[0].slot, slot_at(desk, 0));
	CU_ASSERT_EQUAL(desk->waiters[0].generation, GENERATION + 1);
	CU_ASSERT(slot_word_is_lease(slot_look(slot_at(desk, 0)), GENERATION + 1));
}

static void a_head_that_has_waited_longer_is_handed_the_slot(void)
{
	for_each_strategy(freed_past_the_limit);
}

static void starving_one_after_the_other(struct desk *desk)
{
	enter(desk, 0);
	enter(desk, 1);
	wait_for(LIMIT + 1);
	CU_ASSERT_EQUAL(check_in(desk, 0), BROKER_HANDED_OVER);
	CU_ASSERT_EQUAL(leave(desk, 0), WAITER_GRANTED);
	wait_for(PACE);
	CU_ASSERT_EQUAL(check_in(desk, 1), BROKER_IDLE);
	CU_ASSERT(woken(desk, 1)); /* it may come first all the same */
	CU_ASSERT_EQUAL(take(desk), 1);
	wait_for(1);
	CU_ASSERT_EQUAL(check_in(desk, 1), BROKER_HANDED_OVER);
	CU_ASSERT_EQUAL(leave(desk, 1), WAITER_GRANTED);
}

static void those_that_starve_are_handed_slots_a_sixteenth_of_the_limit_apart(void)
{
	for_each_strategy(starving_one_after_the_other);
}

static void workers_that_come_up_or_were_reset_go_to_the_starving_head_too(void)
{
	static const enum slot_state states[] = { SLOT_STARTING, SLOT_RESETTING };
	struct desk desk;
	unsigned i;

	desk_open(&desk, BROKER_AFFINE, LIMIT);
	for (i = 0; i < 2; i++) {
		struct slot *slot = slot_in(&desk, i, states[i]);

		enter(&desk, i);
		wait_for(LIMIT + 1);
		CU_ASSERT_EQUAL(broker_free(&desk.broker, slot, slot_look(slot), GENERATION),
				BROKER_HANDED_OVER);
		CU_ASSERT_EQUAL(leave(&desk, i), WAITER_GRANTED);
		CU_ASSERT(slot_word_is_lease(slot_look(slot), GENERATION));
	}
	desk_close(&desk);
}

static void a_generation_that_wraps_is_granted_as_the_word_has_it(void)
{
	struct slot *slot;
	struct desk desk;

	desk_open(&desk, BROKER_AFFINE, LIMIT);
	slot = slot_at(&desk, 0);
	sync_store(&slot->word, slot_word_make(SLOT_GENERATION_MASK, 0, SLOT_LEASED), relaxed);
	enter(&desk, 0);
	wait_for(LIMIT + 1);
	CU_ASSERT_EQUAL(broker_free(&desk.broker, slot, slot_look(slot), SLOT_GENERATION_MASK + 1),
			BROKER_HANDED_OVER);
	CU_ASSERT_EQUAL(leave(&desk, 0), WAITER_GRANTED);
	CU_ASSERT_EQUAL(desk.waiters[0].generation, 0);
	CU_ASSERT(slot_word_is_lease(slot_look(slot), 0));
	desk_close(&desk);
}

static void only_the_head_is_nudged(struct desk *desk)
{
	unsigned i;

	for (i = 0; i < 3; i++)
		enter(desk, i);
	CU_ASSERT_EQUAL(check_in(desk, 0), BROKER_IDLE);
	CU_ASSERT(woken(desk, 0));
	CU_ASSERT_FALSE(woken(desk, 1));
	CU_ASSERT_FALSE(woken(desk, 2));
	for (i = 3; i-- > 0;)
		leave(desk, i);
}

static void a_slot_that_becomes_idle_wakes_the_head_alone(void)
{
	for_each_strategy(only_the_head_is_nudged);
}

/* It may be on its way still; it is told again once it has begun to look. */
static void a_told_head_is_left_alone(struct desk *desk)
{
	enter(desk, 0);
	CU_ASSERT_EQUAL(check_in(desk, 0), BROKER_IDLE);
	CU_ASSERT(woken(desk, 0));
	CU_ASSERT_EQUAL(check_in(desk, 1), BROKER_IDLE);
	CU_ASSERT_FALSE(woken(desk, 0));
	checkout_queue_look(&desk->broker.queue);
	CU_ASSERT_EQUAL(check_in(desk, 2), BROKER_IDLE);
	CU_ASSERT(woken(desk, 0));
	CU_ASSERT_EQUAL(leave(desk, 0), WAITER_CANCELLED);
}

static void a_head_that_is_told_is_not_told_again_before_it_looks(void)
{
	for_each_strategy(a_told_head_is_left_alone);
}

static void who_leaves_nudges_the_next(struct desk *desk)
{
	enter(desk, 0);
	enter(desk, 1);
	CU_ASSERT_EQUAL(check_in(desk, 0), BROKER_IDLE);
	CU_ASSERT(woken(desk, 0));
	CU_ASSERT_FALSE(woken(desk, 1));
	CU_ASSERT_EQUAL(leave(desk, 0), WAITER_CANCELLED);
	CU_ASSERT(woken(desk, 1));
	CU_ASSERT_EQUAL(take(desk), 0);
	CU_ASSERT_EQUAL(leave(desk, 1), WAITER_CANCELLED);
}

static void a_waiter_that_gives_up_passes_its_nudge_on(void)
{
	for_each_strategy(who_leaves_nudges_the_next);
}

static void nobody_is_nudged_for_nothing(struct desk *desk)
{
	enter(desk, 0);
	enter(desk, 1);
	CU_ASSERT_EQUAL(leave(desk, 0), WAITER_CANCELLED);
	CU_ASSERT_FALSE(woken(desk, 1));
	CU_ASSERT_EQUAL(leave(desk, 1), WAITER_CANCELLED);
}

static void with_no_slot_idle_no_nudge_is_passed_on(void)
{
	for_each_strategy(nobody_is_nudged_for_nothing);
}

static void a_grant_beside_an_idle_slot(struct desk *desk)
{
	enter(desk, 0);
	enter(desk, 1);
	CU_ASSERT_EQUAL(check_in(desk, 0), BROKER_IDLE); /* nobody has come to take it yet */
	CU_ASSERT(woken(desk, 0));
	wait_for(LIMIT + 1);
	CU_ASSERT_EQUAL(check_in(desk, 1), BROKER_HANDED_OVER);
	CU_ASSERT_EQUAL(leave(desk, 0), WAITER_GRANTED);
	CU_ASSERT(woken(desk, 1)); /* it must not sleep beside slot 0 */
	CU_ASSERT_EQUAL(take(desk), 0);
	CU_ASSERT_EQUAL(leave(desk, 1), WAITER_CANCELLED);
}

static void a_grant_nudges_the_next_waiter_while_a_slot_is_idle(void)
{
	for_each_strategy(a_grant_beside_an_idle_slot);
}

/* Waiters without a thread. */

static unsigned told, reconsidered;

static void note_told(struct waiter *waiter)
{
	CU_ASSERT_EQUAL(sync_load(&waiter->outcome, relaxed), WAITER_GRANTED);
	told++;
}

static void note_reconsidered(struct broker *broker)
{
	(void)broker;
	reconsidered++;
}

static void enter_absent(struct desk *desk, unsigned i)
{
	desk->broker.reconsider = note_reconsidered;
	CU_ASSERT_EQUAL(broker_enter_absent(&desk->broker, &desk->waiters[i], note_told, false), 0);
}

static void absent_waiters_are_served(struct desk *desk)
{
	told = reconsidered = 0;
	enter_absent(desk, 0);
	CU_ASSERT_EQUAL(reconsidered, 1); /* in vain: the pool may have another worker */
	CU_ASSERT_EQUAL(check_in(desk, 3), BROKER_IDLE); /* and taken again, for the head */
	CU_ASSERT_EQUAL(outcome(desk, 0), WAITER_GRANTED);
	CU_ASSERT_EQUAL(desk->waiters[0].slot->index, 3);
	CU_ASSERT(slot_word_is_lease(slot_look(slot_at(desk, 3)), desk->waiters[0].generation));
	CU_ASSERT_EQUAL(told, 1);
	CU_ASSERT_EQUAL(reconsidered, 2);
	CU_ASSERT_EQUAL(leave(desk, 0), WAITER_GRANTED);
	CU_ASSERT_EQUAL(check_in(desk, 4), BROKER_IDLE); /* nobody waits */
	enter_absent(desk, 1);
	CU_ASSERT_EQUAL(told, 2); /* the last look before one waits */
	CU_ASSERT_EQUAL(take(desk), NOTHING);
}

static void who_would_wake_an_absent_waiter_looks_in_its_stead(void)
{
	for_each_strategy(absent_waiters_are_served);
}

static void absent_among_threads(struct desk *desk)
{
	told = 0;
	enter(desk, 0);
	enter_absent(desk, 1);
	enter_absent(desk, 2);
	enter(desk, 3);
	CU_ASSERT_EQUAL(check_in(desk, 0), BROKER_IDLE);
	CU_ASSERT(woken(desk, 0));
	CU_ASSERT_EQUAL(check_in(desk, 1), BROKER_IDLE);
	CU_ASSERT_FALSE(woken(desk, 0));                   /* it has been, and has yet to look */
	CU_ASSERT_EQUAL(told, 0);                          /* it is the head's turn */
	CU_ASSERT_EQUAL(leave(desk, 0), WAITER_CANCELLED); /* who leaves looks for those behind */
	CU_ASSERT_EQUAL(told, 2);
	CU_ASSERT_FALSE(woken(desk, 3));
	CU_ASSERT_EQUAL(check_in(desk, 2), BROKER_IDLE);
	CU_ASSERT(woken(desk, 3));
	CU_ASSERT_EQUAL(leave(desk, 3), WAITER_CANCELLED);
	CU_ASSERT_NOT_EQUAL(take(desk), NOTHING);
}

static void absent_waiters_keep_their_place_among_others(void)
{
	for_each_strategy(absent_among_threads);
}

static void absent_and_starving(struct desk *desk)
{
	told = 0;
	enter_absent(desk, 0);
	enter_absent(desk, 1);
	enter(desk, 2);
	wait_for(LIMIT + 1);
	CU_ASSERT_EQUAL(check_in(desk, 5), BROKER_HANDED_OVER);
	CU_ASSERT_EQUAL(told, 1);
	wait_for(PACE + 1);
	CU_ASSERT_EQUAL(check_in(desk, 6), BROKER_HANDED_OVER);
	CU_ASSERT_EQUAL(told, 2);
	CU_ASSERT_EQUAL(desk->waiters[1].slot->index, 6);
	CU_ASSERT_EQUAL(leave(desk, 2), WAITER_CANCELLED);
}

static void an_absent_waiter_that_starves_is_handed_the_slot(void)
{
	for_each_strategy(absent_and_starving);
}

static void close_queue(struct desk *desk, int code)
{
	sync_mutex_lock(&desk->broker.queue.lock);
	checkout_queue_close_locked(&desk->broker.queue, code, NULL);
	sync_mutex_unlock(&desk->broker.queue.lock);
}

static void open_queue(struct desk *desk)
{
	sync_mutex_lock(&desk->broker.queue.lock);
	checkout_queue_open_locked(&desk->broker.queue);
	sync_mutex_unlock(&desk->broker.queue.lock);
}

static void a_closed_queue_refuses_those_who_wait_and_those_who_come(void)
{
	struct desk desk;

	desk_open(&desk, BROKER_AFFINE, LIMIT);
	enter(&desk, 0);
	enter(&desk, 1);
	close_queue(&desk, -11);
	CU_ASSERT(woken(&desk, 0) && woken(&desk, 1));
	CU_ASSERT_EQUAL(leave(&desk, 0), WAITER_REFUSED);
	CU_ASSERT_EQUAL(leave(&desk, 1), WAITER_REFUSED);
	CU_ASSERT_EQUAL(desk.waiters[1].code, -11);
	CU_ASSERT_EQUAL(broker_enter(&desk.broker, &desk.waiters[2], &desk.parkers[2]), -11);
	CU_ASSERT_FALSE(checkout_queue_waited_for(&desk.broker.queue));
	open_queue(&desk);
	enter(&desk, 2);
	CU_ASSERT_EQUAL(leave(&desk, 2), WAITER_CANCELLED);
	desk_close(&desk);
}

static void a_grant_that_came_before_the_timeout_is_not_lost(void)
{
	struct desk desk;

	desk_open(&desk, BROKER_AFFINE, LIMIT);
	enter(&desk, 0);
	wait_for(LIMIT + 1);
	CU_ASSERT_EQUAL(check_in(&desk, 3), BROKER_HANDED_OVER);
	close_queue(&desk, -11); /* nor does closing take it back */
	CU_ASSERT_EQUAL(leave(&desk, 0), WAITER_GRANTED);
	CU_ASSERT_PTR_EQUAL(desk.waiters[0].slot, slot_at(&desk, 3));
	desk_close(&desk);
}

static void overflow_that_nobody_waits_for_is_dismissed(void)
{
	struct desk desk;

	desk_open(&desk, BROKER_AFFINE, LIMIT);
	sync_store(&desk.broker.overflow, 1, relaxed);
	CU_ASSERT_EQUAL(check_in(&desk, 0), BROKER_DISMISSED);
	CU_ASSERT_EQUAL(slot_word_state(slot_look(slot_at(&desk, 0))), SLOT_STOPPING);
	CU_ASSERT_EQUAL(slot_word_cause(slot_look(slot_at(&desk, 0))), SLOT_DISMISSED);
	CU_ASSERT(slot_word_generation(slot_look(slot_at(&desk, 0))) > GENERATION);
	CU_ASSERT_EQUAL(sync_load(&desk.broker.overflow, relaxed), 0);
	CU_ASSERT_EQUAL(take(&desk), NOTHING);
	CU_ASSERT_EQUAL(check_in(&desk, 1), BROKER_IDLE); /* one too many, not two */
	desk_close(&desk);
}

static void overflow_stays_while_somebody_waits_and_is_surplus_afterwards(void)
{
	struct desk desk;

	desk_open(&desk, BROKER_AFFINE, LIMIT);
	sync_store(&desk.broker.overflow, 1, relaxed);
	enter(&desk, 0);
	CU_ASSERT_FALSE(broker_has_surplus(&desk.broker));
	CU_ASSERT_EQUAL(check_in(&desk, 0), BROKER_IDLE);
	CU_ASSERT_EQUAL(sync_load(&desk.broker.overflow, relaxed), 1);
	CU_ASSERT_EQUAL(leave(&desk, 0), WAITER_CANCELLED);
	CU_ASSERT(broker_has_surplus(&desk.broker));
	CU_ASSERT_EQUAL(take(&desk), 0);
	CU_ASSERT_EQUAL(check_in(&desk, 0), BROKER_DISMISSED);
	CU_ASSERT_FALSE(broker_has_surplus(&desk.broker));
	desk_close(&desk);
}

static void more_than_may_be_goes_though_somebody_waits(void)
{
	struct desk desk;

	desk_open(&desk, BROKER_AFFINE, LIMIT);
	sync_store(&desk.broker.overflow, 3, relaxed);
	sync_store(&desk.broker.max_overflow, 1, relaxed);
	enter(&desk, 0);
	CU_ASSERT(broker_has_excess(&desk.broker) && broker_has_surplus(&desk.broker));
	CU_ASSERT_EQUAL(check_in(&desk, 0), BROKER_DISMISSED);
	wait_for(LIMIT + 1); /* nor is it handed over */
	CU_ASSERT_EQUAL(check_in(&desk, 1), BROKER_DISMISSED);
	CU_ASSERT_FALSE(broker_has_excess(&desk.broker) || broker_has_surplus(&desk.broker));
	CU_ASSERT_EQUAL(check_in(&desk, 2), BROKER_HANDED_OVER);
	CU_ASSERT_EQUAL(sync_load(&desk.broker.overflow, relaxed), 1);
	CU_ASSERT_EQUAL(leave(&desk, 0), WAITER_GRANTED);
	desk_close(&desk);
}

static void overflow_is_taken_down_to_nothing_and_no_further(void)
{
	struct desk desk;

	desk_open(&desk, BROKER_AFFINE, LIMIT);
	sync_store(&desk.broker.overflow, 2, relaxed);
	CU_ASSERT(broker_drop_overflow(&desk.broker, 0));
	CU_ASSERT(broker_drop_overflow(&desk.broker, 0));
	CU_ASSERT_FALSE(broker_drop_overflow(&desk.broker, 0));
	sync_store(&desk.broker.overflow, 2, relaxed);
	CU_ASSERT(broker_drop_overflow(&desk.broker, 1));
	CU_ASSERT_FALSE(broker_drop_overflow(&desk.broker, 1));
	sync_store(&desk.broker.overflow, 0, relaxed);
	CU_ASSERT_EQUAL(sync_load(&desk.broker.overflow, relaxed), 0);
	desk_close(&desk);
}

/* The word is looked at, and then its worker is stopped. */
static enum broker_freed free_too_late(struct desk *desk)
{
	struct slot *slot = slot_in(desk, 0, SLOT_LEASED);
	slot_word looked = slot_look(slot);

	slot_stop(slot, SLOT_KILLED);
	return broker_free(&desk->broker, slot, looked, GENERATION + 1);
}

static void a_word_that_has_changed_changes_nothing(void)
{
	struct desk desk;

	desk_open(&desk, BROKER_AFFINE, LIMIT);
	CU_ASSERT_EQUAL(free_too_late(&desk), BROKER_MOVED);
	CU_ASSERT_EQUAL(take(&desk), NOTHING);
	/* Nor is it counted as a dismissal ... */
	sync_store(&desk.broker.overflow, 1, relaxed);
	CU_ASSERT_EQUAL(free_too_late(&desk), BROKER_MOVED);
	CU_ASSERT_EQUAL(sync_load(&desk.broker.overflow, relaxed), 1);
	/* ... or granted. */
	enter(&desk, 0);
	wait_for(LIMIT + 1);
	CU_ASSERT_EQUAL(free_too_late(&desk), BROKER_MOVED);
	CU_ASSERT_EQUAL(leave(&desk, 0), WAITER_CANCELLED);
	CU_ASSERT_FALSE(woken(&desk, 0));
	desk_close(&desk);
}

/* Refuses it one thing after the other; how many things there are. */
static unsigned make_in_want_of(enum faults_kind kind)
{
	long memory = faults_live(FAULTS_MEMORY), mutexes = faults_live(FAULTS_MUTEXES);
	unsigned good, failed = 1;
	struct broker broker;

	for (good = 0; failed; good++) {
		bool made;

		faults_begin(kind, good, 1);
		made = broker_init(&broker, BROKER_AFFINE, 100, sizeof(struct slot), LIMIT,
				   desk_now);
		failed = faults_end(kind);
		CU_ASSERT_EQUAL(made, failed == 0);
		if (made)
			broker_destroy(&broker);
		CU_ASSERT_EQUAL(faults_live(FAULTS_MEMORY), memory);
		CU_ASSERT_EQUAL(faults_live(FAULTS_MUTEXES), mutexes);
	}
	return good - 1;
}

static void a_broker_is_made_whole_or_not_at_all(void)
{
	CU_ASSERT_EQUAL(make_in_want_of(FAULTS_MEMORY), 3);
	CU_ASSERT_EQUAL(make_in_want_of(FAULTS_MUTEXES), 2);
}

SUITE(TEST(a_freed_slot_is_idle_and_can_be_taken),
      TEST(lifo_takes_the_last_freed_and_fifo_the_first),
      TEST(an_affine_search_begins_where_it_is_told),
      TEST(a_head_that_has_waited_exactly_the_limit_is_nudged_and_may_be_overtaken),
      TEST(a_head_that_has_waited_longer_is_handed_the_slot),
      TEST(those_that_starve_are_handed_slots_a_sixteenth_of_the_limit_apart),
      TEST(workers_that_come_up_or_were_reset_go_to_the_starving_head_too),
      TEST(a_generation_that_wraps_is_granted_as_the_word_has_it),
      TEST(a_slot_that_becomes_idle_wakes_the_head_alone),
      TEST(a_head_that_is_told_is_not_told_again_before_it_looks),
      TEST(a_waiter_that_gives_up_passes_its_nudge_on),
      TEST(with_no_slot_idle_no_nudge_is_passed_on),
      TEST(a_grant_nudges_the_next_waiter_while_a_slot_is_idle),
      TEST(who_would_wake_an_absent_waiter_looks_in_its_stead),
      TEST(absent_waiters_keep_their_place_among_others),
      TEST(an_absent_waiter_that_starves_is_handed_the_slot),
      TEST(a_closed_queue_refuses_those_who_wait_and_those_who_come),
      TEST(a_grant_that_came_before_the_timeout_is_not_lost),
      TEST(overflow_that_nobody_waits_for_is_dismissed),
      TEST(overflow_stays_while_somebody_waits_and_is_surplus_afterwards),
      TEST(more_than_may_be_goes_though_somebody_waits),
      TEST(overflow_is_taken_down_to_nothing_and_no_further),
      TEST(a_word_that_has_changed_changes_nothing), TEST(a_broker_is_made_whole_or_not_at_all))
