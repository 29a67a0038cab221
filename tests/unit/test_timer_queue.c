/* SPDX-License-Identifier: MIT */
/* test_timer_queue.c: timers come in the order of their deadlines. */
#include "support/suite.h"
#include "timer_queue.h"
#include "unit/random.h"

#include <stddef.h>

static void an_empty_queue_has_no_deadline(void)
{
	struct timer_queue queue = { NULL };

	CU_ASSERT_EQUAL(timer_queue_next(&queue), UINT64_MAX);
	CU_ASSERT_PTR_NULL(timer_queue_expire(&queue, UINT64_MAX));
}

static void a_timer_expires_at_its_deadline_and_not_before(void)
{
	struct timer_queue queue = { NULL };
	struct timer timer = { .set = false };

	timer_queue_set(&queue, &timer, 100);
	CU_ASSERT(timer.set);
	CU_ASSERT_EQUAL(timer_queue_next(&queue), 100);
	CU_ASSERT_PTR_NULL(timer_queue_expire(&queue, 99));
	CU_ASSERT_PTR_EQUAL(timer_queue_expire(&queue, 100), &timer);
	CU_ASSERT_FALSE(timer.set);
	CU_ASSERT_PTR_NULL(timer_queue_expire(&queue, UINT64_MAX));
}

static void the_earliest_expires_first_whatever_the_order_of_setting(void)
{
	static const unsigned orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 3, 0, 2 } };
	unsigned i, j;

	for (i = 0; i < 3; i++) {
		struct timer_queue queue = { NULL };
		struct timer timers[4] = { 0 };

		for (j = 0; j < 4; j++)
			timer_queue_set(&queue, &timers[orders[i][j]], 10 * orders[i][j]);
		for (j = 0; j < 4; j++) {
			CU_ASSERT_EQUAL(timer_queue_next(&queue), 10 * j);
			CU_ASSERT_PTR_EQUAL(timer_queue_expire(&queue, 1000), &timers[j]);
		}
		CU_ASSERT_EQUAL(timer_queue_next(&queue), UINT64_MAX);
	}
}

static void timers_of_one_deadline_all_expire_at_it_and_each_once(void)
{
	enum { TIMERS = 9 };
	struct timer_queue queue = { NULL };
	struct timer timers[TIMERS] = { 0 }, later = { 0 };
	unsigned i;

	timer_queue_set(&queue, &later, 51);
	for (i = 0; i < TIMERS; i++)
		timer_queue_set(&queue, &timers[i], 50);
	CU_ASSERT_PTR_NULL(timer_queue_expire(&queue, 49));
	for (i = 0; i < TIMERS; i++) {
		struct timer *timer = timer_queue_expire(&queue, 50);

		CU_ASSERT_PTR_NOT_NULL_FATAL(timer);
		CU_ASSERT(timer >= timers && timer < timers + TIMERS);
		CU_ASSERT_FALSE(timer->set);
		CU_ASSERT_EQUAL(timer->deadline, 50);
		timer->deadline = 0; /* seen */
	}
	CU_ASSERT_PTR_NULL(timer_queue_expire(&queue, 50));
	CU_ASSERT_PTR_EQUAL(timer_queue_expire(&queue, 51), &later);
}

static void setting_a_timer_again_moves_it(void)
{
	struct timer_queue queue = { NULL };
	struct timer timer = { 0 }, other = { 0 };

	timer_queue_set(&queue, &timer, 10);
	timer_queue_set(&queue, &other, 20);
	timer_queue_set(&queue, &timer, 30);
	CU_ASSERT_EQUAL(timer_queue_next(&queue), 20);
	timer_queue_set(&queue, &timer, 15);
	CU_ASSERT_EQUAL(timer_queue_next(&queue), 15);
	CU_ASSERT_PTR_EQUAL(timer_queue_expire(&queue, 40), &timer);
	CU_ASSERT_PTR_EQUAL(timer_queue_expire(&queue, 40), &other);
	CU_ASSERT_PTR_NULL(timer_queue_expire(&queue, 40));
}

static void cancelling_what_is_not_set_does_nothing(void)
{
	struct timer_queue queue = { NULL };
	struct timer timer = { 0 }, other = { 0 };

	timer_queue_cancel(&queue, &timer);
	timer_queue_set(&queue, &other, 20);
	timer_queue_cancel(&queue, &timer);
	CU_ASSERT_EQUAL(timer_queue_next(&queue), 20);
	timer_queue_cancel(&queue, &other);
	timer_queue_cancel(&queue, &other);
	CU_ASSERT_EQUAL(timer_queue_next(&queue), UINT64_MAX);
}

/*
 * Of nine timers, after `expired` have gone, so that the heap has every shape on the way, each in
 * turn is cancelled: the others come in order.
 */
static void cancel_one(unsigned expired, unsigned cancelled, const unsigned *order)
{
	enum { TIMERS = 9 };
	struct timer_queue queue = { NULL };
	struct timer timers[TIMERS] = { 0 };
	unsigned i;

	for (i = 0; i < TIMERS; i++)
		timer_queue_set(&queue, &timers[order[i]], 10 * order[i]);
	for (i = 0; i < expired; i++)
		CU_ASSERT_PTR_EQUAL(timer_queue_expire(&queue, 1000), &timers[i]);
	timer_queue_cancel(&queue, &timers[cancelled]);
	CU_ASSERT_FALSE(timers[cancelled].set);
	for (i = expired; i < TIMERS; i++)
		if (i != cancelled)
			CU_ASSERT_PTR_EQUAL(timer_queue_expire(&queue, 1000), &timers[i]);
	CU_ASSERT_PTR_NULL(timer_queue_expire(&queue, 1000));
}

static void a_timer_can_be_cancelled_in_every_position(void)
{
	static const unsigned orders[][9] = { { 0, 1, 2, 3, 4, 5, 6, 7, 8 },
					      { 8, 7, 6, 5, 4, 3, 2, 1, 0 },
					      { 4, 0, 8, 2, 6, 1, 7, 3, 5 } };
	unsigned order, expired, cancelled, cases = 0;

	for (order = 0; order < 3; order++)
		for (expired = 0; expired < 9; expired++)
			for (cancelled = expired; cancelled < 9; cancelled++, cases++)
				cancel_one(expired, cancelled, orders[order]);
	CU_ASSERT_EQUAL(cases, 3 * 45);
}

static void the_last_moment_of_all_is_a_deadline_like_any_other(void)
{
	struct timer_queue queue = { NULL };
	struct timer last = { 0 }, first = { 0 };

	timer_queue_set(&queue, &last, UINT64_MAX);
	timer_queue_set(&queue, &first, 0);
	CU_ASSERT_PTR_EQUAL(timer_queue_expire(&queue, 0), &first);
	CU_ASSERT_PTR_NULL(timer_queue_expire(&queue, UINT64_MAX - 1));
	CU_ASSERT_PTR_EQUAL(timer_queue_expire(&queue, UINT64_MAX), &last);
}

/* Random steps beside a plain array sorted by deadline. */
enum { TIMERS = 64, STEPS = 60000 };

struct model {
	struct timer *sorted[TIMERS];
	uint64_t deadlines[TIMERS];
	unsigned count;
};

static void model_cancel(struct model *model, const struct timer *timer)
{
	unsigned i, kept = 0;

	for (i = 0; i < model->count; i++) {
		if (model->sorted[i] == timer)
			continue;
		model->sorted[kept] = model->sorted[i];
		model->deadlines[kept++] = model->deadlines[i];
	}
	model->count = kept;
}

static void model_set(struct model *model, struct timer *timer, uint64_t deadline)
{
	unsigned i;

	model_cancel(model, timer);
	for (i = model->count++; i > 0 && model->deadlines[i - 1] > deadline; i--) {
		model->sorted[i] = model->sorted[i - 1];
		model->deadlines[i] = model->deadlines[i - 1];
	}
	model->sorted[i] = timer;
	model->deadlines[i] = deadline;
}

/* What expires is one of those with the earliest deadline. */
static unsigned expire_both(struct timer_queue *queue, struct model *model, uint64_t now)
{
	struct timer *timer;
	unsigned expired = 0;

	while ((timer = timer_queue_expire(queue, now))) {
		CU_ASSERT_FATAL(model->count > 0);
		CU_ASSERT_EQUAL(timer->deadline, model->deadlines[0]);
		CU_ASSERT(timer->deadline <= now);
		model_cancel(model, timer);
		expired++;
	}
	CU_ASSERT(model->count == 0 || model->deadlines[0] > now);
	return expired;
}

static void it_expires_what_a_sorted_array_expires(void)
{
	static struct timer timers[TIMERS];
	struct timer_queue queue = { NULL };
	struct model model = { .count = 0 };
	unsigned step, expired = 0, cancelled = 0, moved = 0;
	uint64_t seed = 6, now = 0;

	for (step = 0; step < STEPS; step++) {
		struct timer *timer = &timers[random_below(&seed, TIMERS)];
		unsigned what = random_below(&seed, 10);

		if (what < 6) {
			uint64_t deadline = now + random_below(&seed, 30); /* many are equal */

			moved += timer->set;
			timer_queue_set(&queue, timer, deadline);
			model_set(&model, timer, deadline);
		} else if (what < 9) {
			cancelled += timer->set;
			timer_queue_cancel(&queue, timer);
			model_cancel(&model, timer);
		} else {
			now += random_below(&seed, 10);
			expired += expire_both(&queue, &model, now);
		}
		CU_ASSERT_EQUAL(timer_queue_next(&queue),
				model.count ? model.deadlines[0] : UINT64_MAX);
	}
	expire_both(&queue, &model, UINT64_MAX);
	CU_ASSERT_EQUAL(model.count, 0);
	CU_ASSERT(expired > 20000 && cancelled > 4000 && moved > 8000);
}

SUITE(TEST(an_empty_queue_has_no_deadline), TEST(a_timer_expires_at_its_deadline_and_not_before),
      TEST(the_earliest_expires_first_whatever_the_order_of_setting),
      TEST(timers_of_one_deadline_all_expire_at_it_and_each_once),
      TEST(setting_a_timer_again_moves_it), TEST(cancelling_what_is_not_set_does_nothing),
      TEST(a_timer_can_be_cancelled_in_every_position),
      TEST(the_last_moment_of_all_is_a_deadline_like_any_other),
      TEST(it_expires_what_a_sorted_array_expires))
