/* SPDX-License-Identifier: MIT */
/* test_completion_queue.c: records go round, completions arrive, and the event tells of them. */
#include "support/suite.h"
#include "completion_queue.h"
#include "support/faults.h"

#include <poll.h>
#include <pthread.h>

/* A record with a note of what was done to it. */
struct note {
	struct completion completion;
	unsigned number;
	struct completion *posted_by_cancel; /* which it then is */
};

static unsigned disposed, behind, cancelled;

static void count_behind(struct completion *completion)
{
	(void)completion;
	behind++;
}

static void count_disposed(struct completion *completion)
{
	(void)completion;
	disposed++;
}

/* What is under way is what has not been posted. */
static void post_cancelled(struct completion *completion)
{
	struct note *note = (struct note *)completion;

	if (!note->posted_by_cancel)
		return;
	cancelled++;
	note->posted_by_cancel = NULL;
	completion_post(completion);
}

static const struct completion_kind kind = { sizeof(struct note), count_behind, count_disposed,
					     post_cancelled };
static struct pooltoy_completion_queue *queue;

static void open(void)
{
	disposed = behind = cancelled = 0;
	CU_ASSERT_EQUAL_FATAL(completion_queue_create(&kind, &queue), POOLTOY_OK);
}

static bool is_readable(void)
{
	struct pollfd poller = { sync_event_descriptor(&queue->event), POLLIN, 0 };

	return poll(&poller, 1, 0) == 1;
}

static struct completion *take(void)
{
	struct completion *completion = completion_take(queue);

	CU_ASSERT_PTR_NOT_NULL_FATAL(completion);
	return completion;
}

static void post(unsigned number)
{
	struct completion *completion = take();

	((struct note *)completion)->number = number;
	completion_post(completion);
}

static unsigned number_of(const struct pooltoy_completion *told)
{
	return ((struct note *)completion_of(told))->number;
}

static void expect_drained(unsigned first, unsigned max, unsigned count)
{
	const struct pooltoy_completion *told[16];

	CU_ASSERT_EQUAL_FATAL(completion_queue_drain(queue, told, max), count);
	for (unsigned i = 0; i < count; i++) {
		CU_ASSERT_EQUAL(number_of(told[i]), first + i);
		completion_unref(completion_of(told[i]));
	}
}

static void completions_arrive_in_order_and_the_event_is_set_while_there_are_any(void)
{
	open();
	CU_ASSERT_FALSE(is_readable());
	expect_drained(0, 16, 0);
	for (unsigned i = 0; i < 5; i++)
		post(i);
	CU_ASSERT(is_readable());
	expect_drained(0, 0, 0);
	expect_drained(0, 2, 2);
	CU_ASSERT(is_readable());
	expect_drained(2, 3, 3); /* nobody knows yet that these were all */
	CU_ASSERT(is_readable());
	expect_drained(0, 16, 0);
	CU_ASSERT_FALSE(is_readable());
	post(7);
	CU_ASSERT(is_readable());
	expect_drained(7, 16, 1);
	CU_ASSERT_FALSE(is_readable());
	CU_ASSERT_EQUAL(disposed, 6);
	completion_queue_close(queue);
}

static void the_event_that_comes_late_costs_no_more_than_a_look_in_vain(void)
{
	open();
	post(1);
	expect_drained(1, 16, 1);
	sync_event_set(&queue->event); /* by a sender whose completion has been drained already */
	CU_ASSERT(is_readable());
	expect_drained(0, 16, 0);
	CU_ASSERT_FALSE(is_readable());
	completion_queue_close(queue);
}

static void a_record_goes_round_zeroed_with_another_serial(void)
{
	struct completion *completion, *next;
	uint64_t serial;

	open();
	completion = take();
	serial = completion->serial;
	completion->told.code = -7;
	((struct note *)completion)->number = 9;
	CU_ASSERT_TRUE(completion_find(completion, serial));
	completion_unref(completion);
	completion_unref(completion);
	CU_ASSERT_EQUAL(disposed, 1);
	CU_ASSERT_FALSE(completion_find(completion, serial)); /* it is free */
	next = take();
	CU_ASSERT_PTR_EQUAL(next, completion);
	CU_ASSERT_EQUAL(next->told.code, 0);
	CU_ASSERT_EQUAL(next->told.worker, -1);
	CU_ASSERT_EQUAL(((struct note *)next)->number, 0);
	CU_ASSERT_FALSE(completion_find(next, serial)); /* it is another's */
	CU_ASSERT_TRUE(completion_find(next, next->serial));
	completion_unref(next);
	CU_ASSERT_EQUAL(disposed, 1);
	CU_ASSERT_PTR_NOT_EQUAL(take(), next);
	completion_unref(next);
	completion_unref(queue->records);
	completion_queue_close(queue);
}

static void a_closed_queue_cancels_what_is_under_way_and_leaves_the_rest_behind(void)
{
	long before = faults_live(FAULTS_MEMORY);
	struct completion *under_way, *deaf;
	const struct pooltoy_completion *kept;

	open();
	post(1);
	CU_ASSERT_EQUAL_FATAL(completion_queue_drain(queue, &kept, 1), 1);
	post(2);
	under_way = take();
	((struct note *)under_way)->posted_by_cancel = under_way;
	deaf = take(); /* as a task that has begun */
	completion_queue_close(queue);
	CU_ASSERT_EQUAL(cancelled, 1);
	CU_ASSERT_EQUAL(behind, 2);
	CU_ASSERT_EQUAL(disposed, 2);
	completion_post(deaf);
	CU_ASSERT_EQUAL(behind, 3);
	CU_ASSERT_EQUAL(number_of(kept), 1);
	CU_ASSERT(faults_live(FAULTS_MEMORY) > before);
	completion_unref(completion_of(kept));
	CU_ASSERT_EQUAL(disposed, 4);
	CU_ASSERT_EQUAL(faults_live(FAULTS_MEMORY), before);
}

static void a_queue_is_made_whole_or_not_at_all(void)
{
	static const enum faults_kind kinds[] = { FAULTS_MEMORY, FAULTS_MUTEXES, FAULTS_PROCESS };
	static const int codes[] = { POOLTOY_ENOMEM, POOLTOY_ENOMEM, POOLTOY_EAGAIN };

	for (unsigned i = 0; i < 3; i++) {
		long memory = faults_live(FAULTS_MEMORY), mutexes = faults_live(FAULTS_MUTEXES);

		faults_begin(kinds[i], 0, 1);
		CU_ASSERT_EQUAL(completion_queue_create(&kind, &queue), codes[i]);
		CU_ASSERT_EQUAL(faults_end(kinds[i]), 1);
		CU_ASSERT_EQUAL(faults_live(FAULTS_MEMORY), memory);
		CU_ASSERT_EQUAL(faults_live(FAULTS_MUTEXES), mutexes);
	}
}

static void without_memory_there_is_no_record_and_those_there_are_go_round(void)
{
	struct completion *completion;

	open();
	faults_begin(FAULTS_MEMORY, 0, 1);
	CU_ASSERT_PTR_NULL(completion_take(queue));
	CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 1);
	completion = take();
	completion_unref(completion);
	faults_begin(FAULTS_MEMORY, 0, 1);
	CU_ASSERT_PTR_EQUAL(completion_take(queue), completion);
	CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 0);
	completion_unref(completion);
	completion_queue_close(queue);
}

/* Senders on threads, and one who sleeps in poll until the event is set. */
enum { SENDERS = 3, EACH = 20000 };

/* A thread that is cancelled as soon as it comes to a cancellation point. */
static void *set_when_cancelled(void *event)
{
	pthread_cancel(pthread_self());
	sync_event_set(event);
	pthread_testcancel();
	return NULL;
}

static void *reset_when_cancelled(void *event)
{
	pthread_cancel(pthread_self());
	sync_event_reset(event);
	pthread_testcancel();
	return NULL;
}

static void expect_cancelled(void *(*body)(void *event), struct sync_event *event)
{
	pthread_t thread;
	void *result;

	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, body, event), 0);
	CU_ASSERT_EQUAL(pthread_join(thread, &result), 0);
	CU_ASSERT_PTR_EQUAL(result, PTHREAD_CANCELED);
}

static void who_is_cancelled_sets_and_resets_an_event_all_the_same(void)
{
	struct sync_event event;
	struct pollfd poller = { .events = POLLIN };

	CU_ASSERT_EQUAL_FATAL(sync_event_init(&event), 0);
	poller.fd = sync_event_descriptor(&event);
	expect_cancelled(set_when_cancelled, &event);
	CU_ASSERT_EQUAL(poll(&poller, 1, 0), 1);
	expect_cancelled(reset_when_cancelled, &event);
	CU_ASSERT_EQUAL(poll(&poller, 1, 0), 0);
	sync_event_destroy(&event);
}

static void *send_many(void *first)
{
	for (unsigned i = 0; i < EACH; i++)
		post(*(unsigned *)first + i);
	return NULL;
}

static void who_polls_misses_nothing_of_what_many_send(void)
{
	static unsigned next[SENDERS];
	unsigned firsts[SENDERS], left = SENDERS * EACH;
	pthread_t senders[SENDERS];

	open();
	for (unsigned i = 0; i < SENDERS; i++) {
		next[i] = 0;
		firsts[i] = i * EACH;
		CU_ASSERT_EQUAL_FATAL(pthread_create(&senders[i], NULL, send_many, &firsts[i]), 0);
	}
	while (left > 0) {
		struct pollfd poller = { sync_event_descriptor(&queue->event), POLLIN, 0 };
		const struct pooltoy_completion *told[8];
		unsigned count;

		CU_ASSERT_EQUAL_FATAL(poll(&poller, 1, 30000), 1);
		count = completion_queue_drain(queue, told, 1 + left % 8);
		for (unsigned i = 0; i < count; i++) {
			unsigned number = number_of(told[i]), sender = number / EACH;

			CU_ASSERT_EQUAL(number % EACH, next[sender]); /* in its sender's order */
			next[sender]++;
			completion_unref(completion_of(told[i]));
		}
		left -= count;
	}
	for (unsigned i = 0; i < SENDERS; i++)
		pthread_join(senders[i], NULL);
	expect_drained(0, 16, 0);
	CU_ASSERT_EQUAL(disposed, SENDERS * EACH);
	completion_queue_close(queue);
}

SUITE(TEST(completions_arrive_in_order_and_the_event_is_set_while_there_are_any),
      TEST(the_event_that_comes_late_costs_no_more_than_a_look_in_vain),
      TEST(a_record_goes_round_zeroed_with_another_serial),
      TEST(a_closed_queue_cancels_what_is_under_way_and_leaves_the_rest_behind),
      TEST(a_queue_is_made_whole_or_not_at_all),
      TEST(without_memory_there_is_no_record_and_those_there_are_go_round),
      TEST(who_is_cancelled_sets_and_resets_an_event_all_the_same),
      TEST(who_polls_misses_nothing_of_what_many_send))
