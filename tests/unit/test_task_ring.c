/* SPDX-License-Identifier: MIT */
/* test_task_ring.c: a bounded queue that many send to, take from, and withdraw from. */
#include "support/suite.h"
#include "task_ring.h"
#include "support/faults.h"
#include "unit/random.h"

#include <pthread.h>
#include <string.h>

static struct task task_of(size_t number)
{
	return (struct task){ .length = number };
}

static uint64_t put(struct task_ring *ring, size_t number)
{
	struct task task = task_of(number);
	uint64_t position = UINT64_MAX;

	CU_ASSERT(task_ring_put(ring, &task, &position));
	return position;
}

static void expect_taken(struct task_ring *ring, size_t number)
{
	struct task task;

	CU_ASSERT(task_ring_waiting(ring));
	CU_ASSERT(task_ring_take(ring, &task));
	CU_ASSERT_EQUAL(task.length, number);
}

static void expect_empty(struct task_ring *ring)
{
	struct task task;

	CU_ASSERT_FALSE(task_ring_waiting(ring));
	CU_ASSERT_FALSE(task_ring_take(ring, &task));
	CU_ASSERT_EQUAL(task_ring_count(ring), 0);
}

static void expect_full(struct task_ring *ring)
{
	struct task task = task_of(0);
	uint64_t position;

	CU_ASSERT_FALSE(task_ring_put(ring, &task, &position));
}

static void a_task_lies_on_one_cache_line_with_its_cell(void)
{
	CU_ASSERT_EQUAL(sizeof(struct task_cell), SYNC_CACHE_LINE);
}

static void tasks_come_in_the_order_in_which_they_were_sent_lap_after_lap(void)
{
	struct task_ring *ring = task_ring_create(4);

	CU_ASSERT_PTR_NOT_NULL_FATAL(ring);
	expect_empty(ring);
	for (size_t number = 0; number < 30; number += 3) {
		for (size_t i = 0; i < 3; i++)
			CU_ASSERT_EQUAL(put(ring, number + i), number + i);
		CU_ASSERT_EQUAL(task_ring_count(ring), 3);
		for (size_t i = 0; i < 3; i++)
			expect_taken(ring, number + i);
		expect_empty(ring);
	}
	task_ring_destroy(ring);
}

static void a_full_ring_takes_no_more_and_its_capacity_is_a_power_of_two(void)
{
	static const unsigned wanted[] = { 1, 2, 3, 4, 5, 1000 }, got[] = { 1, 2, 4, 4, 8, 1024 };

	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		struct task_ring *ring = task_ring_create(wanted[i]);

		CU_ASSERT_PTR_NOT_NULL_FATAL(ring);
		for (int lap = 0; lap < 3; lap++) {
			for (unsigned number = 0; number < got[i]; number++)
				put(ring, number);
			expect_full(ring);
			CU_ASSERT_EQUAL(task_ring_count(ring), got[i]);
			for (unsigned number = 0; number < got[i]; number++)
				expect_taken(ring, number);
		}
		expect_empty(ring);
		task_ring_destroy(ring);
	}
}

static void a_task_is_withdrawn_once_from_anywhere_and_those_around_it_stay(void)
{
	struct task_ring *ring = task_ring_create(4);
	struct task task;
	uint64_t first, middle;

	CU_ASSERT_PTR_NOT_NULL_FATAL(ring);
	first = put(ring, 10);
	middle = put(ring, 11);
	put(ring, 12);
	CU_ASSERT(task_ring_withdraw(ring, middle, &task));
	CU_ASSERT_EQUAL(task.length, 11);
	CU_ASSERT_FALSE(task_ring_withdraw(ring, middle, &task));
	CU_ASSERT(task_ring_withdraw(ring, first, &task));
	CU_ASSERT_EQUAL(task.length, 10);
	CU_ASSERT_FALSE(task_ring_withdraw(ring, first, &task));
	CU_ASSERT_EQUAL(task_ring_count(ring), 3); /* until somebody looks at the head */
	CU_ASSERT(task_ring_waiting(ring));
	CU_ASSERT_EQUAL(task_ring_count(ring), 1);
	expect_taken(ring, 12);
	expect_empty(ring);
	task_ring_destroy(ring);
}

static void a_withdrawn_cell_can_be_used_before_the_head_has_passed_it(void)
{
	struct task_ring *ring = task_ring_create(2);
	struct task task;
	uint64_t first;

	CU_ASSERT_PTR_NOT_NULL_FATAL(ring);
	first = put(ring, 20);
	put(ring, 21);
	expect_full(ring);
	CU_ASSERT(task_ring_withdraw(ring, first, &task));
	put(ring, 22);
	CU_ASSERT_FALSE(task_ring_withdraw(ring, first, &task)); /* its cell has another's task */
	expect_full(ring);
	expect_taken(ring, 21);
	expect_taken(ring, 22);
	expect_empty(ring);
	task_ring_destroy(ring);
}

static void what_was_not_sent_yet_or_is_over_cannot_be_withdrawn(void)
{
	struct task_ring *ring = task_ring_create(4);
	struct task task;
	uint64_t position;

	CU_ASSERT_PTR_NOT_NULL_FATAL(ring);
	CU_ASSERT_FALSE(task_ring_withdraw(ring, 0, &task));
	CU_ASSERT_FALSE(task_ring_withdraw(ring, UINT64_MAX, &task));
	position = put(ring, 1);
	CU_ASSERT_FALSE(task_ring_withdraw(ring, position + 1, &task));
	CU_ASSERT_FALSE(task_ring_withdraw(ring, position + 4, &task));
	expect_taken(ring, 1);
	CU_ASSERT_FALSE(task_ring_withdraw(ring, position, &task));
	expect_empty(ring);
	task_ring_destroy(ring);
}

/* Against a list that is no ring. */
static void any_order_of_steps_does_what_a_plain_list_does(void)
{
	enum { STEPS = 20000, CAPACITY = 8 };
	struct task_ring *ring = task_ring_create(CAPACITY);
	size_t numbers[CAPACITY];
	uint64_t positions[CAPACITY + 1], random = 5;
	unsigned count = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(ring);
	for (size_t step = 1; step <= STEPS; step++) {
		unsigned choice = random_below(&random, 5), which = 0;
		struct task task;

		if (choice < 2) {
			task = task_of(step);
			if (task_ring_put(ring, &task, &positions[count])) {
				CU_ASSERT_FATAL(count < CAPACITY);
				numbers[count++] = step;
			} else {
				/* What was withdrawn leaves gaps; never in an empty one. */
				CU_ASSERT_NOT_EQUAL(count, 0);
			}
			continue;
		}
		if (choice == 4 && count > 0) {
			which = random_below(&random, count);
			CU_ASSERT(task_ring_withdraw(ring, positions[which], &task));
		} else {
			CU_ASSERT_EQUAL(task_ring_take(ring, &task), count > 0);
		}
		if (count == 0)
			continue;
		CU_ASSERT_EQUAL(task.length, numbers[which]);
		for (count--; which < count; which++) {
			numbers[which] = numbers[which + 1];
			positions[which] = positions[which + 1];
		}
		CU_ASSERT_EQUAL(task_ring_waiting(ring), count > 0);
	}
	while (count-- > 0)
		CU_ASSERT(task_ring_take(ring, &(struct task){ 0 }));
	expect_empty(ring);
	task_ring_destroy(ring);
}

static void without_memory_there_is_no_ring(void)
{
	faults_begin(FAULTS_MEMORY, 0, 1);
	CU_ASSERT_PTR_NULL(task_ring_create(16));
	CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 1);
}

/* Many threads. */

enum { SENDERS = 2, TAKERS = 2, EACH = 20000 };

struct fair {
	struct task_ring *ring;
	sync_atomic(unsigned) taken;
	sync_atomic(unsigned char) seen[SENDERS * EACH];
};

static void *send_all(void *argument)
{
	static sync_atomic(unsigned) senders;
	struct fair *fair = argument;
	unsigned sender = sync_fetch_add(&senders, 1, relaxed) % SENDERS;

	for (size_t i = 0; i < EACH; i++) {
		struct task task = task_of(sender * EACH + i);
		uint64_t position = 0;

		sync_yield_until(task_ring_put(fair->ring, &task, &position));
		if (i % 64 == 0 && task_ring_withdraw(fair->ring, position, &task)) {
			sync_fetch_add(&fair->seen[task.length], 1, relaxed);
			sync_fetch_add(&fair->taken, 1, relaxed);
		}
	}
	return NULL;
}

static void *take_all(void *argument)
{
	struct fair *fair = argument;
	size_t last[SENDERS] = { 0 };

	while (sync_load(&fair->taken, relaxed) < SENDERS * EACH) {
		struct task task;

		if (!task_ring_take(fair->ring, &task)) {
			sync_yield_until(task_ring_waiting(fair->ring) ||
					 sync_load(&fair->taken, relaxed) >= SENDERS * EACH);
			continue;
		}
		sync_fetch_add(&fair->seen[task.length], 1, relaxed);
		sync_fetch_add(&fair->taken, 1, relaxed);
		/* What one taker sees of one sender comes in its order. */
		CU_ASSERT(task.length % EACH >= last[task.length / EACH]);
		last[task.length / EACH] = task.length % EACH;
	}
	return NULL;
}

static void between_many_threads_each_task_has_one_taker(void)
{
	static struct fair fair;
	pthread_t threads[SENDERS + TAKERS];

	memset(&fair, 0, sizeof fair);
	fair.ring = task_ring_create(16);
	CU_ASSERT_PTR_NOT_NULL_FATAL(fair.ring);
	for (int i = 0; i < SENDERS + TAKERS; i++)
		CU_ASSERT_EQUAL_FATAL(
			pthread_create(&threads[i], NULL, i < SENDERS ? send_all : take_all, &fair),
			0);
	for (int i = 0; i < SENDERS + TAKERS; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < SENDERS * EACH; i++)
		if (sync_load(&fair.seen[i], relaxed) != 1)
			CU_FAIL("a task was not taken once");
	expect_empty(fair.ring);
	task_ring_destroy(fair.ring);
}

SUITE(TEST(a_task_lies_on_one_cache_line_with_its_cell),
      TEST(tasks_come_in_the_order_in_which_they_were_sent_lap_after_lap),
      TEST(a_full_ring_takes_no_more_and_its_capacity_is_a_power_of_two),
      TEST(a_task_is_withdrawn_once_from_anywhere_and_those_around_it_stay),
      TEST(a_withdrawn_cell_can_be_used_before_the_head_has_passed_it),
      TEST(what_was_not_sent_yet_or_is_over_cannot_be_withdrawn),
      TEST(any_order_of_steps_does_what_a_plain_list_does), TEST(without_memory_there_is_no_ring),
      TEST(between_many_threads_each_task_has_one_taker))
