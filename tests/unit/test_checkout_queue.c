/* SPDX-License-Identifier: MIT */
/* test_checkout_queue.c: first come, first served; and each waiter leaves once. */
#include "support/suite.h"
#include "checkout_queue.h"
#include "unit/random.h"

#include <string.h>

static const uint64_t PASSED = 1; /* a deadline */

enum { CLIENTS = 6 };

/* A queue and those who may wait in it; its lock is held throughout. */
struct hall {
	struct checkout_queue queue;
	struct waiter waiters[CLIENTS];
	struct parker parkers[CLIENTS];
};

static void hall_open(struct hall *hall)
{
	unsigned i;

	memset(hall, 0, sizeof *hall);
	CU_ASSERT_EQUAL_FATAL(checkout_queue_init(&hall->queue), 0);
	for (i = 0; i < CLIENTS; i++)
		CU_ASSERT_EQUAL_FATAL(parker_init(&hall->parkers[i]), 0);
	sync_mutex_lock(&hall->queue.lock);
}

static void hall_close(struct hall *hall)
{
	unsigned i;

	sync_mutex_unlock(&hall->queue.lock);
	checkout_queue_destroy(&hall->queue);
	for (i = 0; i < CLIENTS; i++)
		parker_destroy(&hall->parkers[i]);
}

static void enter(struct hall *hall, unsigned i)
{
	checkout_queue_enter_locked(&hall->queue, &hall->waiters[i], &hall->parkers[i], 100 + i, 0);
}

static enum waiter_outcome outcome(struct hall *hall, unsigned i)
{
	return (enum waiter_outcome)sync_load(&hall->waiters[i].outcome, acquire);
}

static bool woken(struct hall *hall, unsigned i)
{
	return parker_park(&hall->parkers[i], PASSED);
}

static void drain(struct hall *hall)
{
	while (hall->queue.head)
		checkout_queue_remove_locked(&hall->queue, hall->queue.head, WAITER_CANCELLED);
}

static void who_enters_waits_and_is_counted(void)
{
	struct hall hall;

	hall_open(&hall);
	CU_ASSERT_FALSE(checkout_queue_waited_for(&hall.queue));
	enter(&hall, 0);
	enter(&hall, 1);
	CU_ASSERT(checkout_queue_waited_for(&hall.queue));
	CU_ASSERT_EQUAL(sync_load(&hall.queue.waiters, relaxed), 2);
	CU_ASSERT_EQUAL(outcome(&hall, 0), WAITER_WAITING);
	CU_ASSERT_EQUAL(hall.waiters[1].since, 101);
	CU_ASSERT_PTR_EQUAL(hall.queue.head, &hall.waiters[0]);
	drain(&hall);
	CU_ASSERT_FALSE(checkout_queue_waited_for(&hall.queue));
	hall_close(&hall);
}

static void slots_are_granted_in_the_order_of_arrival(void)
{
	struct slot slots[CLIENTS] = { 0 };
	struct hall hall;
	unsigned i;

	hall_open(&hall);
	for (i = 0; i < CLIENTS; i++)
		enter(&hall, i);
	for (i = 0; i < CLIENTS; i++) {
		CU_ASSERT_PTR_EQUAL(
			checkout_queue_grant_locked(&hall.queue, &slots[i], 10 + i, NULL),
			&hall.parkers[i]);
		CU_ASSERT_EQUAL(outcome(&hall, i), WAITER_GRANTED);
		CU_ASSERT_PTR_EQUAL(hall.waiters[i].slot, &slots[i]);
		CU_ASSERT_EQUAL(hall.waiters[i].generation, 10 + i);
		CU_ASSERT_FALSE(woken(&hall, i)); /* that is the granter's, after the unlock */
		if (i + 1 < CLIENTS)
			CU_ASSERT_EQUAL(outcome(&hall, i + 1), WAITER_WAITING);
	}
	CU_ASSERT_PTR_NULL(hall.queue.head);
	hall_close(&hall);
}

static void a_waiter_leaves_from_wherever_it_stands(void)
{
	struct slot slot = { 0 };
	unsigned leaving, i;

	for (leaving = 0; leaving < 4; leaving++) {
		struct hall hall;

		hall_open(&hall);
		for (i = 0; i < 4; i++)
			enter(&hall, i);
		checkout_queue_remove_locked(&hall.queue, &hall.waiters[leaving], WAITER_CANCELLED);
		CU_ASSERT_EQUAL(outcome(&hall, leaving), WAITER_CANCELLED);
		CU_ASSERT_EQUAL(sync_load(&hall.queue.waiters, relaxed), 3);
		enter(&hall, 4);
		for (i = 0; i < 5; i++)
			if (i != leaving)
				CU_ASSERT_PTR_EQUAL(
					checkout_queue_grant_locked(&hall.queue, &slot, 0, NULL),
					&hall.parkers[i]);
		CU_ASSERT_PTR_NULL(hall.queue.head);
		CU_ASSERT_EQUAL(outcome(&hall, leaving), WAITER_CANCELLED);
		hall_close(&hall);
	}
}

static void closing_refuses_and_wakes_all_who_wait(void)
{
	struct hall hall;
	unsigned i;

	hall_open(&hall);
	for (i = 0; i < 3; i++)
		enter(&hall, i);
	checkout_queue_close_locked(&hall.queue, -11, NULL);
	CU_ASSERT_EQUAL(hall.queue.closed, -11);
	CU_ASSERT_FALSE(checkout_queue_waited_for(&hall.queue));
	CU_ASSERT_PTR_NULL(hall.queue.head);
	for (i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(outcome(&hall, i), WAITER_REFUSED);
		CU_ASSERT_EQUAL(hall.waiters[i].code, -11);
		CU_ASSERT(woken(&hall, i));
	}
	CU_ASSERT_FALSE(woken(&hall, 3));
	hall_close(&hall);
}

static void a_queue_opened_again_takes_newcomers(void)
{
	struct hall hall;

	hall_open(&hall);
	checkout_queue_close_locked(&hall.queue, -10, NULL);
	checkout_queue_open_locked(&hall.queue);
	CU_ASSERT_EQUAL(hall.queue.closed, 0);
	enter(&hall, 0);
	CU_ASSERT_EQUAL(outcome(&hall, 0), WAITER_WAITING);
	drain(&hall);
	hall_close(&hall);
}

/* Waiters without a thread, and the order in which they were told. */
static unsigned told[CLIENTS], told_count;
static struct hall *told_hall;
static struct settled *tell_meanwhile; /* by the first that is told */

static void note_told(struct waiter *waiter)
{
	unsigned before = told_count;

	told[told_count++] = (unsigned)(waiter - told_hall->waiters);
	if (tell_meanwhile) {
		struct settled *meanwhile = tell_meanwhile;

		tell_meanwhile = NULL;
		settled_tell(meanwhile);
		CU_ASSERT_EQUAL(told_count, before + 1); /* not inside of this one */
	}
}

static void enter_absent(struct hall *hall, unsigned i)
{
	checkout_queue_enter_locked(&hall->queue, &hall->waiters[i], NULL, 100 + i, 0);
	hall->waiters[i].settled = note_told;
}

static void absent_waiters_are_told_after_the_unlock_one_after_another(void)
{
	struct slot slots[CLIENTS] = { 0 };
	struct settled settled = SETTLED_INIT(&settled), more = SETTLED_INIT(&more);
	struct hall hall;

	hall_open(&hall);
	told_hall = &hall;
	told_count = 0;
	enter_absent(&hall, 0);
	enter(&hall, 1);
	enter_absent(&hall, 2);
	enter_absent(&hall, 3);
	CU_ASSERT_PTR_NULL(checkout_queue_grant_locked(&hall.queue, &slots[0], 10, &settled));
	CU_ASSERT_PTR_EQUAL(checkout_queue_grant_locked(&hall.queue, &slots[1], 11, &settled),
			    &hall.parkers[1]);
	CU_ASSERT_PTR_NULL(checkout_queue_grant_locked(&hall.queue, &slots[2], 12, &settled));
	CU_ASSERT_EQUAL(outcome(&hall, 2), WAITER_GRANTED);
	CU_ASSERT_PTR_EQUAL(hall.waiters[2].slot, &slots[2]);
	checkout_queue_close_locked(&hall.queue, -11, &more);
	CU_ASSERT_EQUAL(outcome(&hall, 3), WAITER_REFUSED);
	CU_ASSERT_EQUAL(hall.waiters[3].code, -11);
	CU_ASSERT_EQUAL(told_count, 0);
	tell_meanwhile = &more;
	settled_tell(&settled);
	CU_ASSERT_EQUAL_FATAL(told_count, 3);
	CU_ASSERT(told[0] == 0 && told[1] == 2 && told[2] == 3);
	settled = (struct settled)SETTLED_INIT(&settled);
	settled_tell(&settled); /* nobody */
	CU_ASSERT_EQUAL(told_count, 3);
	hall_close(&hall);
}

/* A plain array of who waits, in order. */
struct model {
	unsigned order[CLIENTS], count;
};

static unsigned model_remove(struct model *model, unsigned place)
{
	unsigned client = model->order[place];

	model->count--;
	for (; place < model->count; place++)
		model->order[place] = model->order[place + 1];
	return client;
}

static unsigned first_free(struct hall *hall)
{
	unsigned i = 0;

	while (hall->waiters[i].parker && outcome(hall, i) == WAITER_WAITING)
		i++;
	return i;
}

static void it_keeps_the_order_that_a_plain_array_keeps(void)
{
	static struct model model;
	unsigned step, client, granted = 0, left = 0;
	struct slot slot = { 0 };
	uint64_t seed = 5;
	struct hall hall;

	hall_open(&hall);
	for (step = 0; step < 50000; step++) {
		unsigned what = random_below(&seed, 4);

		if (what < 2 && model.count < CLIENTS) {
			client = first_free(&hall);
			enter(&hall, client);
			model.order[model.count++] = client;
		} else if (what == 2 && model.count > 0) {
			client = model_remove(&model, 0);
			CU_ASSERT_PTR_EQUAL(
				checkout_queue_grant_locked(&hall.queue, &slot, step, NULL),
				&hall.parkers[client]);
			CU_ASSERT_EQUAL(hall.waiters[client].generation, step);
			granted++;
		} else if (model.count > 0) {
			client = model_remove(&model, random_below(&seed, model.count));
			checkout_queue_remove_locked(&hall.queue, &hall.waiters[client],
						     WAITER_CANCELLED);
			left++;
		}
		CU_ASSERT_EQUAL(sync_load(&hall.queue.waiters, relaxed), model.count);
		CU_ASSERT_PTR_EQUAL(hall.queue.head,
				    model.count ? &hall.waiters[model.order[0]] : NULL);
	}
	CU_ASSERT(granted > 5000 && left > 5000);
	drain(&hall);
	hall_close(&hall);
}

SUITE(TEST(who_enters_waits_and_is_counted), TEST(slots_are_granted_in_the_order_of_arrival),
      TEST(a_waiter_leaves_from_wherever_it_stands), TEST(closing_refuses_and_wakes_all_who_wait),
      TEST(a_queue_opened_again_takes_newcomers),
      TEST(absent_waiters_are_told_after_the_unlock_one_after_another),
      TEST(it_keeps_the_order_that_a_plain_array_keeps))
