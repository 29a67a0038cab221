/* SPDX-License-Identifier: MIT */
/* test_broker_overload.c: a queue with bounds: who is refused, who is shed, and who is served instead. */
#include "support/suite.h"
#include "unit/desk.h"

#include <pooltoy/error.h>

enum { STARVATION = 10, TARGET = 100, INTERVAL = 1000 };

static unsigned told, reconsidered;

static void note_told(struct waiter *waiter)
{
	(void)waiter;
	told++;
}

static void note_reconsidered(struct broker *broker)
{
	(void)broker;
	reconsidered++;
}

static void open_bounded(struct desk *desk)
{
	told = reconsidered = 0;
	desk_open(desk, BROKER_AFFINE, STARVATION);
	desk->broker.reconsider = note_reconsidered;
	desk->broker.queue.overload.target = TARGET;
	desk->broker.queue.overload.interval = INTERVAL;
}

static int ask(struct desk *desk, unsigned i)
{
	return broker_enter(&desk->broker, &desk->waiters[i], &desk->parkers[i]);
}

static int ask_absent(struct desk *desk, unsigned i)
{
	return broker_enter_absent(&desk->broker, &desk->waiters[i], note_told, false);
}

static void expect_shed(struct desk *desk, unsigned i)
{
	CU_ASSERT_EQUAL(outcome(desk, i), WAITER_REFUSED);
	CU_ASSERT_EQUAL(desk->waiters[i].code, POOLTOY_EOVERLOAD);
}

/* For a whole interval nobody's wait is within the target. */
static void overload(struct desk *desk)
{
	struct waiter stands = { 0 };
	struct parker parker;
	uint64_t ends = desk_now() + 2 * INTERVAL;

	CU_ASSERT_EQUAL_FATAL(parker_init(&parker), 0);
	while (desk_now() < ends) {
		CU_ASSERT_EQUAL(broker_enter(&desk->broker, &stands, &parker), 0);
		overload_served(&desk->broker.queue.overload, TARGET + 1, desk_now());
		wait_for(STARVATION);
		CU_ASSERT_EQUAL(broker_leave(&desk->broker, &stands), WAITER_CANCELLED);
		desk->broker.queue.overload.shortest = TARGET + 1; /* others wait all the time */
	}
	parker_destroy(&parker);
	CU_ASSERT(figure_load(&desk->broker.queue.overload.sheds));
}

static void a_full_queue_refuses_the_next_at_once(void)
{
	struct desk desk;

	open_bounded(&desk);
	desk.broker.queue.overload.max_waiters = 2;
	enter(&desk, 0);
	CU_ASSERT_EQUAL(ask_absent(&desk, 1), 0);
	CU_ASSERT_EQUAL(ask(&desk, 2), POOLTOY_EQUEUEFULL);
	CU_ASSERT_EQUAL(ask_absent(&desk, 3), POOLTOY_EQUEUEFULL);
	CU_ASSERT_EQUAL(sync_load(&desk.broker.queue.waiters, relaxed), 2);
	CU_ASSERT_EQUAL(figure_load(&desk.broker.queue.overload.refused), 2);
	CU_ASSERT_EQUAL(leave(&desk, 0), WAITER_CANCELLED);
	enter(&desk, 2);
	CU_ASSERT_EQUAL(leave(&desk, 2), WAITER_CANCELLED);
	CU_ASSERT_EQUAL(leave(&desk, 1), WAITER_CANCELLED);
	desk_close(&desk);
}

static void where_nobody_may_wait_all_are_refused(void)
{
	struct desk desk;

	open_bounded(&desk);
	desk.broker.queue.overload.max_waiters = 0;
	CU_ASSERT_EQUAL(ask(&desk, 0), POOLTOY_EQUEUEFULL);
	CU_ASSERT_FALSE(checkout_queue_waited_for(&desk.broker.queue));
	desk_close(&desk);
}

static void a_slot_goes_to_the_first_who_has_not_waited_for_too_long(void)
{
	struct desk desk;

	open_bounded(&desk);
	overload(&desk);
	enter(&desk, 0);
	CU_ASSERT_EQUAL(ask_absent(&desk, 1), 0);
	wait_for(1);
	enter(&desk, 2);
	enter(&desk, 3);
	wait_for(2 * TARGET);
	CU_ASSERT_EQUAL(check_in(&desk, 5), BROKER_HANDED_OVER);
	expect_shed(&desk, 0);
	CU_ASSERT(woken(&desk, 0));
	expect_shed(&desk, 1);
	CU_ASSERT_EQUAL(told, 1);
	CU_ASSERT_EQUAL(outcome(&desk, 2), WAITER_GRANTED);
	CU_ASSERT(woken(&desk, 2));
	CU_ASSERT_EQUAL(outcome(&desk, 3), WAITER_WAITING);
	CU_ASSERT_EQUAL(figure_load(&desk.broker.queue.overload.shed), 2);
	CU_ASSERT_EQUAL(leave(&desk, 3), WAITER_CANCELLED);
	desk_close(&desk);
}

static void when_all_have_waited_for_too_long_the_slot_is_idle(void)
{
	struct desk desk;

	open_bounded(&desk);
	overload(&desk);
	enter(&desk, 0);
	wait_for(2 * TARGET + 1);
	CU_ASSERT_EQUAL(check_in(&desk, 5), BROKER_IDLE);
	expect_shed(&desk, 0);
	CU_ASSERT_EQUAL(take(&desk), 5);
	desk_close(&desk);
}

static void without_overload_nobody_is_shed_however_long_he_waits(void)
{
	struct desk desk;

	open_bounded(&desk);
	enter(&desk, 0);
	wait_for(INTERVAL - 1);
	CU_ASSERT_EQUAL(check_in(&desk, 5), BROKER_HANDED_OVER);
	CU_ASSERT_EQUAL(outcome(&desk, 0), WAITER_GRANTED);
	desk_close(&desk);
}

static void who_found_a_slot_sheds_those_behind_it(void)
{
	struct desk desk;

	open_bounded(&desk);
	overload(&desk);
	for (unsigned i = 0; i < 3; i++)
		enter(&desk, i);
	wait_for(2 * TARGET + 1);
	CU_ASSERT_EQUAL(broker_leave_served(&desk.broker, &desk.waiters[0]), WAITER_CANCELLED);
	expect_shed(&desk, 1);
	expect_shed(&desk, 2);
	CU_ASSERT_FALSE(checkout_queue_waited_for(&desk.broker.queue));
	desk_close(&desk);
}

static void who_gives_up_sheds_nobody(void)
{
	struct desk desk;

	open_bounded(&desk);
	overload(&desk);
	enter(&desk, 0);
	enter(&desk, 1);
	wait_for(2 * TARGET + 1);
	CU_ASSERT_EQUAL(leave(&desk, 0), WAITER_CANCELLED);
	CU_ASSERT_EQUAL(outcome(&desk, 1), WAITER_WAITING);
	CU_ASSERT_EQUAL(leave(&desk, 1), WAITER_CANCELLED);
	desk_close(&desk);
}

/* A slot is idle, and the head has been told of it, but is shed before it looks. */
static void a_poll_sheds_and_tells_the_next_of_an_idle_slot(void)
{
	struct desk desk;

	open_bounded(&desk);
	enter(&desk, 0);
	CU_ASSERT_EQUAL(check_in(&desk, 5), BROKER_IDLE);
	CU_ASSERT(woken(&desk, 0));
	for (unsigned poll = 0; poll < 3; poll++) {
		CU_ASSERT_EQUAL(outcome(&desk, 0), WAITER_WAITING);
		wait_for(INTERVAL);
		if (poll == 2)
			enter(&desk, 1);
		broker_poll_overload(&desk.broker);
	}
	expect_shed(&desk, 0);
	CU_ASSERT_EQUAL(outcome(&desk, 1), WAITER_WAITING);
	CU_ASSERT(woken(&desk, 1));
	CU_ASSERT_EQUAL(take(&desk), 5);
	CU_ASSERT_EQUAL(broker_leave_served(&desk.broker, &desk.waiters[1]), WAITER_CANCELLED);
	desk_close(&desk);
}

SUITE(TEST(a_full_queue_refuses_the_next_at_once), TEST(where_nobody_may_wait_all_are_refused),
      TEST(a_slot_goes_to_the_first_who_has_not_waited_for_too_long),
      TEST(when_all_have_waited_for_too_long_the_slot_is_idle),
      TEST(without_overload_nobody_is_shed_however_long_he_waits),
      TEST(who_found_a_slot_sheds_those_behind_it), TEST(who_gives_up_sheds_nobody),
      TEST(a_poll_sheds_and_tells_the_next_of_an_idle_slot))
