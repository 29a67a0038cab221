/* SPDX-License-Identifier: MIT */
/* test_parker.c: parking and unparking, and the free parkers. */
#include "support/suite.h"
#include "parker.h"
#include "deadline.h"
#include "support/faults.h"

#include <pthread.h>

static const uint64_t PASSED = 1; /* a deadline */

static void a_token_left_before_the_wait_is_taken(void)
{
	struct parker parker;

	CU_ASSERT_EQUAL_FATAL(parker_init(&parker), 0);
	parker_unpark(&parker);
	CU_ASSERT(parker_park(&parker, SYNC_NEVER));
	CU_ASSERT_FALSE(parker_park(&parker, PASSED));
	parker_destroy(&parker);
}

static void a_parker_holds_one_token_however_many_are_left(void)
{
	struct parker parker;
	int i;

	CU_ASSERT_EQUAL_FATAL(parker_init(&parker), 0);
	for (i = 0; i < 3; i++)
		parker_unpark(&parker);
	CU_ASSERT(parker_park(&parker, PASSED));
	CU_ASSERT_FALSE(parker_park(&parker, PASSED));
	parker_destroy(&parker);
}

static void a_wait_ends_at_its_deadline_and_not_before(void)
{
	struct parker parker;
	uint64_t deadline;

	CU_ASSERT_EQUAL_FATAL(parker_init(&parker), 0);
	deadline = sync_now() + 3 * NS_PER_MS;
	CU_ASSERT_FALSE(parker_park(&parker, deadline));
	CU_ASSERT(sync_now() >= deadline);
	/* It is as good as before. */
	parker_unpark(&parker);
	CU_ASSERT(parker_park(&parker, PASSED));
	parker_destroy(&parker);
}

/* Two threads in turns; what each writes, the other reads: for ThreadSanitizer too. */
enum { TURNS = 20000 };

struct ball {
	struct parker here, there;
	unsigned count; /* whose turn it is writes it */
};

static void *play(void *argument)
{
	struct ball *ball = argument;
	unsigned i;

	for (i = 0; i < TURNS; i++) {
		CU_ASSERT(parker_park(&ball->there, SYNC_NEVER));
		ball->count++;
		parker_unpark(&ball->here);
	}
	return NULL;
}

static void two_threads_wake_each_other_and_see_what_the_other_wrote(void)
{
	struct ball ball = { .count = 0 };
	pthread_t thread;
	unsigned i;

	CU_ASSERT_EQUAL_FATAL(parker_init(&ball.here), 0);
	CU_ASSERT_EQUAL_FATAL(parker_init(&ball.there), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, play, &ball), 0);
	for (i = 0; i < TURNS; i++) {
		ball.count++;
		parker_unpark(&ball.there);
		CU_ASSERT(parker_park(&ball.here, SYNC_NEVER));
		CU_ASSERT_EQUAL(ball.count, 2 * i + 2);
	}
	pthread_join(thread, NULL);
	CU_ASSERT_FALSE(parker_park(&ball.here, PASSED));
	parker_destroy(&ball.here);
	parker_destroy(&ball.there);
}

static void let_it_park(struct parker *parker)
{
	sync_yield_until(sync_load(&parker->state, acquire) == PARKER_PARKED);
}

static void *park_for_good(void *parker)
{
	return parker_park(parker, SYNC_NEVER) ? parker : NULL;
}

static void a_thread_that_sleeps_is_woken(void)
{
	struct parker parker;
	pthread_t thread;
	void *woken = NULL;

	CU_ASSERT_EQUAL_FATAL(parker_init(&parker), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, park_for_good, &parker), 0);
	let_it_park(&parker);
	parker_unpark(&parker);
	pthread_join(thread, &woken);
	CU_ASSERT_PTR_EQUAL(woken, &parker);
	CU_ASSERT_FALSE(parker_park(&parker, PASSED)); /* it took the token */
	parker_destroy(&parker);
}

/* Also tells whether the parker's lock is free when cleanup handlers run: unpark takes it. */
static void unpark_in_cleanup(void *parker)
{
	parker_unpark(parker);
}

static void *park_until_cancelled(void *parker)
{
	pthread_cleanup_push(unpark_in_cleanup, parker);
	parker_park(parker, SYNC_NEVER);
	pthread_cleanup_pop(0);
	return NULL;
}

static void a_thread_cancelled_in_its_wait_leaves_the_parker_usable(void)
{
	struct parker parker;
	pthread_t thread;
	void *result = NULL;

	CU_ASSERT_EQUAL_FATAL(parker_init(&parker), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, park_until_cancelled, &parker), 0);
	let_it_park(&parker);
	pthread_cancel(thread);
	pthread_join(thread, &result);
	CU_ASSERT_PTR_EQUAL(result, PTHREAD_CANCELED);
	CU_ASSERT(parker_park(&parker, PASSED)); /* the cleanup handler's token */
	CU_ASSERT_FALSE(parker_park(&parker, PASSED));
	parker_destroy(&parker);
}

static void *park_and_nothing_else(void *parker)
{
	parker_park(parker, SYNC_NEVER);
	return NULL;
}

static void after_a_cancelled_wait_the_next_one_lasts_until_its_deadline(void)
{
	struct parker parker;
	pthread_t thread;
	uint64_t deadline;

	CU_ASSERT_EQUAL_FATAL(parker_init(&parker), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, park_and_nothing_else, &parker), 0);
	let_it_park(&parker);
	pthread_cancel(thread);
	pthread_join(thread, NULL);
	deadline = sync_now() + 3 * NS_PER_MS;
	CU_ASSERT_FALSE(parker_park(&parker, deadline));
	CU_ASSERT(sync_now() >= deadline);
	parker_destroy(&parker);
}

/* Waiting for a condition. */

struct wish {
	struct parker parker;
	sync_atomic(bool) fulfilled;
	bool seen; /* as the wait ended */
};

static bool is_fulfilled(void *argument)
{
	struct wish *wish = argument;

	return sync_load(&wish->fulfilled, seq_cst);
}

static void *await_wish(void *argument)
{
	struct wish *wish = argument;

	CU_ASSERT(parker_await(&wish->parker, is_fulfilled, wish, SYNC_NEVER));
	wish->seen = is_fulfilled(wish);
	return NULL;
}

static void who_sleeps_until_a_condition_holds_is_roused(void)
{
	struct wish wish = { .seen = false };
	pthread_t thread;

	CU_ASSERT_EQUAL_FATAL(parker_init(&wish.parker), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, await_wish, &wish), 0);
	let_it_park(&wish.parker);
	sync_store(&wish.fulfilled, true, seq_cst);
	parker_rouse(&wish.parker);
	pthread_join(thread, NULL);
	CU_ASSERT(wish.seen);
	parker_destroy(&wish.parker);
}

static void who_is_awake_is_left_no_token_by_rousing(void)
{
	struct wish wish = { .seen = false };

	CU_ASSERT_EQUAL_FATAL(parker_init(&wish.parker), 0);
	parker_rouse(&wish.parker);
	CU_ASSERT_FALSE(parker_park(&wish.parker, PASSED));
	sync_store(&wish.fulfilled, true, seq_cst);
	CU_ASSERT(parker_await(&wish.parker, is_fulfilled, &wish, SYNC_NEVER));
	parker_destroy(&wish.parker);
}

static void a_wait_for_a_condition_ends_at_a_token_and_at_its_deadline(void)
{
	struct wish wish = { .seen = false };
	uint64_t deadline = sync_now() + 3 * NS_PER_MS;

	CU_ASSERT_EQUAL_FATAL(parker_init(&wish.parker), 0);
	CU_ASSERT_FALSE(parker_await(&wish.parker, is_fulfilled, &wish, deadline));
	CU_ASSERT(sync_now() >= deadline);
	parker_unpark(&wish.parker);
	CU_ASSERT(parker_await(&wish.parker, is_fulfilled, &wish, SYNC_NEVER));
	CU_ASSERT_FALSE(parker_await(&wish.parker, is_fulfilled, &wish, PASSED));
	parker_destroy(&wish.parker);
}

static void a_parker_given_back_is_the_next_to_be_had(void)
{
	struct parker *first = parker_acquire(), *second = parker_acquire();

	CU_ASSERT_PTR_NOT_NULL_FATAL(first);
	CU_ASSERT_PTR_NOT_NULL_FATAL(second);
	CU_ASSERT_PTR_NOT_EQUAL(first, second);
	parker_release(first);
	CU_ASSERT_PTR_EQUAL(parker_acquire(), first);
	/* A late waker may still unpark it: it is a parker for good. */
	parker_release(first);
	parker_unpark(first);
	CU_ASSERT_PTR_EQUAL(parker_acquire(), first);
	CU_ASSERT(parker_park(first, PASSED));
	parker_release(first);
	parker_release(second);
	parker_free_all();
}

static void without_memory_there_is_no_new_parker(void)
{
	struct parker *parker;

	parker_free_all();
	faults_begin(FAULTS_MEMORY, 0, 1);
	CU_ASSERT_PTR_NULL(parker_acquire());
	CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 1);
	parker = parker_acquire();
	CU_ASSERT_PTR_NOT_NULL_FATAL(parker);
	parker_release(parker);
	faults_begin(FAULTS_MEMORY, 0, 1);
	CU_ASSERT_PTR_EQUAL(parker_acquire(), parker); /* a free one needs none */
	CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 0);
	parker_release(parker);
	parker_free_all();
}

static bool count_look(void *looks)
{
	++*(unsigned *)looks;
	return false;
}

static void nobody_looks_more_often_than_he_may(void)
{
	struct parker parker;
	unsigned looks = 0;

	CU_ASSERT_EQUAL_FATAL(parker_init(&parker), 0);
	parker.max_spins = 0;
	CU_ASSERT_FALSE(parker_spin(&parker, count_look, &looks));
	CU_ASSERT_EQUAL(looks, 1);
	parker.spins = PARKER_MAX_SPINS;
	parker.max_spins = 5;
	looks = 0;
	CU_ASSERT_FALSE(parker_spin(&parker, count_look, &looks));
	CU_ASSERT(looks <= 6); /* one is the last before the sleep */
	parker_destroy(&parker);
}

static bool looks_so_often(void *more)
{
	return (*(unsigned *)more)-- == 0;
}

static void waits_that_end_while_it_looks_let_it_look_for_longer_and_long_sleeps_for_less(void)
{
	enum { ENOUGH = 100, LONG_NS = 1000000, SHORT_NS = 1000 };
	struct parker parker;
	unsigned i, most;

	CU_ASSERT_EQUAL_FATAL(parker_init(&parker), 0);
	parker_learn_from_sleep(&parker, SHORT_NS);
	for (i = 0; i < ENOUGH;) { /* a look that gives way to another thread may end before */
		unsigned more = 10, before = parker.spins;

		i += parker_spin(&parker, looks_so_often, &more);
		CU_ASSERT(parker.spins >= before);
	}
	CU_ASSERT(parker.spins > PARKER_MAX_SPINS - PARKER_MAX_SPINS / ENOUGH);
	CU_ASSERT(parker.spins <= PARKER_MAX_SPINS);
	most = parker.spins;
	parker_learn_from_sleep(&parker, LONG_NS);
	CU_ASSERT(parker.spins < most);
	for (i = 0; i < ENOUGH; i++)
		parker_learn_from_sleep(&parker, LONG_NS);
	CU_ASSERT(parker.spins < PARKER_MAX_SPINS / ENOUGH);
	parker_learn_from_sleep(&parker, SHORT_NS);
	CU_ASSERT(parker.spins >= PARKER_MAX_SPINS / ENOUGH);
	parker_destroy(&parker);
}

SUITE(TEST(a_token_left_before_the_wait_is_taken),
      TEST(a_parker_holds_one_token_however_many_are_left),
      TEST(a_wait_ends_at_its_deadline_and_not_before),
      TEST(two_threads_wake_each_other_and_see_what_the_other_wrote),
      TEST(a_thread_that_sleeps_is_woken),
      TEST(a_thread_cancelled_in_its_wait_leaves_the_parker_usable),
      TEST(after_a_cancelled_wait_the_next_one_lasts_until_its_deadline),
      TEST(who_sleeps_until_a_condition_holds_is_roused),
      TEST(who_is_awake_is_left_no_token_by_rousing),
      TEST(a_wait_for_a_condition_ends_at_a_token_and_at_its_deadline),
      TEST(a_parker_given_back_is_the_next_to_be_had), TEST(without_memory_there_is_no_new_parker),
      TEST(nobody_looks_more_often_than_he_may),
      TEST(waits_that_end_while_it_looks_let_it_look_for_longer_and_long_sleeps_for_less))
