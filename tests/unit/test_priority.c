/* SPDX-License-Identifier: MIT */
/* test_priority.c: who is high goes first, and what that leaves to those who are not. */
#include "support/suite.h"
#include "unit/desk.h"
#include "unit/random.h"

#include <pooltoy/error.h>

enum { LIMIT = 1600, PACE = LIMIT / 16 };
enum { TARGET = 100, INTERVAL = 1000 };

static void high_ones_are_served_first_each_kind_in_the_order_of_arrival(void)
{
	static const unsigned order[] = { 1, 3, 4, 0, 2 };
	struct desk desk;

	desk_open(&desk, BROKER_AFFINE, LIMIT);
	enter(&desk, 0);
	enter_high(&desk, 1);
	enter(&desk, 2);
	enter_high(&desk, 3);
	enter_high(&desk, 4);
	for (unsigned i = 0; i < 5; i++) {
		wait_for(LIMIT + 1);
		CU_ASSERT_EQUAL(check_in(&desk, 0), BROKER_HANDED_OVER);
		CU_ASSERT_EQUAL(leave(&desk, order[i]), WAITER_GRANTED);
		CU_ASSERT(woken(&desk, order[i]));
	}
	desk_close(&desk);
}

static void a_new_head_has_not_been_told(void)
{
	struct desk desk;

	desk_open(&desk, BROKER_AFFINE, LIMIT);
	enter(&desk, 0);
	CU_ASSERT_EQUAL(check_in(&desk, 0), BROKER_IDLE);
	CU_ASSERT(woken(&desk, 0) && checkout_queue_is_told(&desk.broker.queue));
	enter_high(&desk, 1);
	CU_ASSERT_FALSE(checkout_queue_is_told(&desk.broker.queue));
	broker_nudge_head(&desk.broker);
	CU_ASSERT(woken(&desk, 1));
	enter_high(&desk, 2);
	CU_ASSERT(checkout_queue_is_told(&desk.broker.queue)); /* the head is the same */
	CU_ASSERT_EQUAL(leave(&desk, 1), WAITER_CANCELLED);
	CU_ASSERT(woken(&desk, 2));
	CU_ASSERT_EQUAL(leave(&desk, 2), WAITER_CANCELLED);
	CU_ASSERT(woken(&desk, 0));
	CU_ASSERT_EQUAL(leave(&desk, 0), WAITER_CANCELLED);
	desk_close(&desk);
}

static void newcomers_overtake_nobody_once_one_that_is_passed_by_starves(void)
{
	struct desk desk;

	desk_open(&desk, BROKER_AFFINE, LIMIT);
	enter(&desk, 0);
	wait_for(LIMIT);
	enter_high(&desk, 1);
	CU_ASSERT_EQUAL(check_in(&desk, 0), BROKER_IDLE);
	wait_for(1);
	CU_ASSERT_EQUAL(check_in(&desk, 0), BROKER_HANDED_OVER);
	CU_ASSERT_EQUAL(leave(&desk, 1), WAITER_GRANTED);
	wait_for(PACE + 1);
	enter_high(&desk, 2);
	CU_ASSERT_EQUAL(check_in(&desk, 0), BROKER_HANDED_OVER);
	CU_ASSERT_EQUAL(leave(&desk, 2), WAITER_GRANTED);
	enter_high(&desk, 3);
	CU_ASSERT_EQUAL(leave(&desk, 0), WAITER_CANCELLED);
	CU_ASSERT_EQUAL(check_in(&desk, 0), BROKER_IDLE); /* nobody starves any more */
	CU_ASSERT_EQUAL(leave(&desk, 3), WAITER_CANCELLED);
	desk_close(&desk);
}

static void a_high_one_goes_before_tasks_that_came_first(void)
{
	struct task task = { 0 };
	struct task_ring *tasks;
	uint64_t position;
	struct desk desk;

	desk_open(&desk, BROKER_AFFINE, LIMIT);
	tasks = broker_tasks(&desk.broker, 4);
	CU_ASSERT_PTR_NOT_NULL_FATAL(tasks);
	CU_ASSERT(task_ring_put(tasks, &task, &position));
	enter_high(&desk, 0);
	CU_ASSERT_EQUAL(check_in(&desk, 0), BROKER_HANDED_OVER);
	CU_ASSERT_EQUAL(leave(&desk, 0), WAITER_GRANTED);
	CU_ASSERT(task_ring_withdraw(tasks, position, &task));
	desk_close(&desk);
}

static void who_is_passed_by_for_too_long_is_shed_alone(void)
{
	struct desk desk;

	desk_open(&desk, BROKER_AFFINE, LIMIT);
	desk.broker.queue.overload.target = TARGET;
	desk.broker.queue.overload.interval = INTERVAL;
	wait_for(INTERVAL);
	broker_poll_overload(&desk.broker);
	enter(&desk, 0);
	wait_for(LIMIT + 1);
	for (unsigned i = 0; i < 3 * INTERVAL / TARGET && outcome(&desk, 0) != WAITER_REFUSED;
	     i++) {
		enter_high(&desk, 1);
		wait_for(TARGET);
		CU_ASSERT_EQUAL(broker_leave_served(&desk.broker, &desk.waiters[1]),
				WAITER_CANCELLED);
	}
	CU_ASSERT_EQUAL(outcome(&desk, 0), WAITER_REFUSED);
	CU_ASSERT_EQUAL(desk.waiters[0].code, POOLTOY_EOVERLOAD);
	CU_ASSERT(woken(&desk, 0));
	CU_ASSERT(figure_load(&desk.broker.queue.overload.sheds));
	enter_high(&desk, 1);
	enter_high(&desk, 2);
	wait_for(2 * TARGET + 1);
	CU_ASSERT_EQUAL(broker_leave_served(&desk.broker, &desk.waiters[1]), WAITER_CANCELLED);
	CU_ASSERT_EQUAL(outcome(&desk, 2),
			WAITER_REFUSED); /* it, too, if it has waited for too long */
	desk_close(&desk);
}

static void a_closed_or_full_queue_refuses_high_ones_too(void)
{
	struct settled settled = SETTLED_INIT(&settled);
	struct desk desk;

	desk_open(&desk, BROKER_AFFINE, LIMIT);
	desk.broker.queue.overload.max_waiters = 1;
	enter(&desk, 0);
	CU_ASSERT_EQUAL(broker_enter_high(&desk.broker, &desk.waiters[1], &desk.parkers[1]),
			POOLTOY_EQUEUEFULL);
	desk.broker.queue.overload.max_waiters = DESK_WAITERS;
	enter_high(&desk, 1);
	sync_mutex_lock(&desk.broker.queue.lock);
	checkout_queue_close_locked(&desk.broker.queue, POOLTOY_ESTOPPED, &settled);
	sync_mutex_unlock(&desk.broker.queue.lock);
	CU_ASSERT_EQUAL(leave(&desk, 0), WAITER_REFUSED);
	CU_ASSERT_EQUAL(leave(&desk, 1), WAITER_REFUSED);
	CU_ASSERT_EQUAL(broker_enter_high(&desk.broker, &desk.waiters[1], &desk.parkers[1]),
			POOLTOY_ESTOPPED);
	desk_close(&desk);
}

/* The same queue as an array, in its order. */
struct model {
	struct waiter *order[DESK_WAITERS];
	unsigned count;
};

static void model_add(struct model *model, struct waiter *waiter, bool high)
{
	unsigned place = model->count++;

	for (; high && place > 0 && !model->order[place - 1]->high; place--)
		model->order[place] = model->order[place - 1];
	model->order[place] = waiter;
}

static struct waiter *model_remove(struct model *model, unsigned place)
{
	struct waiter *waiter = model->order[place];

	for (model->count--; place < model->count; place++)
		model->order[place] = model->order[place + 1];
	return waiter;
}

static uint64_t longest_since(const struct model *model)
{
	uint64_t since = UINT64_MAX;

	for (unsigned i = 0; i < model->count; i++)
		if (model->order[i]->since < since)
			since = model->order[i]->since;
	return since;
}

static struct waiter *somebody_free(struct desk *desk, const struct model *model)
{
	for (unsigned i = 0; i < DESK_WAITERS; i++) {
		unsigned place = 0;

		while (place < model->count && model->order[place] != &desk->waiters[i])
			place++;
		if (place == model->count)
			return &desk->waiters[i];
	}
	return NULL;
}

static void it_keeps_the_order_that_a_plain_array_keeps(void)
{
	struct model model = { .count = 0 };
	struct checkout_queue *queue;
	uint64_t seed = 7;
	struct desk desk;

	desk_open(&desk, BROKER_AFFINE, LIMIT);
	queue = &desk.broker.queue;
	sync_mutex_lock(&queue->lock);
	for (unsigned step = 0; step < 50000; step++) {
		struct waiter *waiter = somebody_free(&desk, &model);
		unsigned what = random_below(&seed, 4);

		if (what == 0 && waiter) {
			checkout_queue_enter_locked(queue, waiter, NULL, step, 0);
			model_add(&model, waiter, false);
		} else if (what == 1 && waiter) {
			checkout_queue_enter_high_locked(queue, waiter, NULL, step);
			model_add(&model, waiter, true);
		} else if (model.count > 0) {
			waiter = model_remove(&model, random_below(&seed, model.count));
			checkout_queue_remove_locked(queue, waiter, WAITER_CANCELLED);
		}
		waiter = queue->head;
		for (unsigned i = 0; i < model.count; i++, waiter = waiter->next)
			CU_ASSERT_PTR_EQUAL_FATAL(waiter, model.order[i]);
		CU_ASSERT_PTR_NULL(waiter);
		CU_ASSERT_FATAL(model.count == 0 ||
				sync_load(&queue->since, relaxed) == longest_since(&model));
	}
	while (queue->head)
		checkout_queue_remove_locked(queue, queue->head, WAITER_CANCELLED);
	sync_mutex_unlock(&queue->lock);
	desk_close(&desk);
}

SUITE(TEST(high_ones_are_served_first_each_kind_in_the_order_of_arrival),
      TEST(a_new_head_has_not_been_told),
      TEST(newcomers_overtake_nobody_once_one_that_is_passed_by_starves),
      TEST(a_high_one_goes_before_tasks_that_came_first),
      TEST(who_is_passed_by_for_too_long_is_shed_alone),
      TEST(a_closed_or_full_queue_refuses_high_ones_too),
      TEST(it_keeps_the_order_that_a_plain_array_keeps))
