/* SPDX-License-Identifier: MIT */
/* test_checkout.c: getting a worker: now, in time, for ever; in which order; and nothing lost. */
#include "scenario/support.h"

#include <string.h>

static struct pooltoy_pool *doublers(struct stage *stage, int size, enum pooltoy_strategy strategy)
{
	struct pooltoy_pool *pool = start_pool(
		stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = size,
					 .strategy = strategy, .starvation_us = POOLTOY_NONE));

	await_idle(pool, size);
	return pool;
}

/* All workers can be had at once, and go back. */
static void expect_whole(struct pooltoy_pool *pool, int size)
{
	struct pooltoy_lease leases[8];

	for (int i = 0; i < size; i++)
		EXPECT(POOLTOY_OK, pooltoy_checkout(pool, SOON, &leases[i]));
	CU_ASSERT_EQUAL(status_of(pool).leased, size);
	CU_ASSERT_EQUAL(status_of(pool).waiting, 0);
	for (int i = 0; i < size; i++)
		EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[i]));
	await_idle(pool, size);
}

static void a_try_takes_an_idle_worker_or_says_full(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease one, other;

	stage_open(&stage);
	pool = doublers(&stage, 1, POOLTOY_AFFINE);
	AWAIT(pooltoy_checkout(pool, 0, &one) == POOLTOY_OK); /* idle, and soon to be found */
	EXPECT(POOLTOY_EFULL, pooltoy_checkout(pool, 0, &other));
	EXPECT_STORY("pool \"poolio\"", "idle");
	EXPECT(POOLTOY_OK, pooltoy_checkin(&one));
	EXPECT(POOLTOY_OK, pooltoy_checkout(pool, 0, &other));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&other));
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

static void a_wait_ends_when_its_time_is_over(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	struct customer holder = { 0 };
	struct pooltoy_lease lease;
	uint64_t begun, waits;

	stage_open(&stage);
	pool = doublers(&stage, 1, POOLTOY_AFFINE);
	customer_come(&holder, pool, SOON);
	MUST(customer_await(&holder));
	waits = status_of(pool).waits; /* a worker may be idle before it can be found */
	begun = now_ms();
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_checkout(pool, 50, &lease));
	CU_ASSERT(now_ms() - begun >= 49);
	EXPECT_STORY("poolio", "timed out");
	CU_ASSERT_EQUAL(status_of(pool).timeouts, 1);
	CU_ASSERT_EQUAL(status_of(pool).waits, waits + 1);
	CU_ASSERT_EQUAL(status_of(pool).waiting, 0);
	customer_go(&holder, CHECKIN);
	expect_whole(pool, 1);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

static void a_wait_for_ever_ends_with_a_worker(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	struct customer waiter = { 0 };
	struct pooltoy_lease lease;

	stage_open(&stage);
	pool = doublers(&stage, 1, POOLTOY_AFFINE);
	MUST(pooltoy_checkout(pool, -1, &lease));
	customer_come(&waiter, pool, -1);
	AWAIT(status_of(pool).waiting == 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	EXPECT(POOLTOY_OK, customer_await(&waiter));
	customer_go(&waiter, CHECKIN);
	expect_whole(pool, 1);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

/* Checks all workers out, and in again in the order 1, 0, 2; which comes next, three times? */
static void expect_order(enum pooltoy_strategy strategy, const int *places)
{
	static const int back[] = { 1, 0, 2 };
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease leases[3];
	int workers[3];

	stage_open(&stage);
	pool = doublers(&stage, 3, strategy);
	for (int i = 0; i < 3; i++) {
		MUST(pooltoy_checkout(pool, SOON, &leases[i]));
		workers[i] = pooltoy_lease_worker(&leases[i]);
	}
	for (int i = 0; i < 3; i++)
		EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[back[i]]));
	for (int i = 0; i < 3; i++) {
		MUST(pooltoy_checkout(pool, SOON, &leases[i]));
		CU_ASSERT_EQUAL(pooltoy_lease_worker(&leases[i]), workers[back[places[i]]]);
	}
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

static void lifo_takes_the_one_idle_for_the_shortest_time(void)
{
	expect_order(POOLTOY_LIFO, (const int[]){ 2, 1, 0 });
}

static void fifo_takes_the_one_idle_for_the_longest_time(void)
{
	expect_order(POOLTOY_FIFO, (const int[]){ 0, 1, 2 });
}

static void *use_one(void *argument)
{
	struct pooltoy_pool *pool = argument;
	int first = -1;

	for (int i = 0; i < 100; i++) {
		struct pooltoy_lease lease;

		EXPECT(POOLTOY_OK, pooltoy_checkout(pool, SOON, &lease));
		if (first < 0)
			first = pooltoy_lease_worker(&lease);
		CU_ASSERT_EQUAL(pooltoy_lease_worker(&lease), first);
		EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	}
	return NULL;
}

static void affine_takes_the_one_that_this_thread_used_last(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	struct customer other = { 0 };
	struct pooltoy_lease leases[3];
	int last;

	stage_open(&stage);
	pool = doublers(&stage, 4, POOLTOY_AFFINE);
	customer_come(&other, pool, SOON); /* holds one all the while */
	MUST(customer_await(&other));
	use_one(pool);
	finish(begin(use_one, pool));
	for (int which = 0; which < 3; which++) { /* whichever it was */
		for (int i = 0; i < 3; i++)
			MUST(pooltoy_checkout(pool, SOON, &leases[i]));
		EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[which]));
		MUST(pooltoy_checkout(pool, SOON, &leases[which]));
		last = pooltoy_lease_worker(&leases[which]);
		for (int i = 0; i < 3; i++)
			EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[i]));
		MUST(pooltoy_checkout(pool, SOON, &leases[0]));
		EXPECT(last, pooltoy_lease_worker(&leases[0]));
		EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[0]));
	}
	customer_go(&other, CHECKIN);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

enum { QUEUE = 8 };

static void waiters_are_served_in_the_order_they_came(void)
{
	static const enum pooltoy_strategy strategies[] = { POOLTOY_AFFINE, POOLTOY_LIFO,
							    POOLTOY_FIFO };

	for (unsigned s = 0; s < 3; s++) {
		struct customer queue[QUEUE];
		struct stage stage;
		struct pooltoy_pool *pool;
		struct pooltoy_lease lease;

		memset(queue, 0, sizeof queue);
		stage_open(&stage);
		pool = doublers(&stage, 1, strategies[s]);
		MUST(pooltoy_checkout(pool, SOON, &lease));
		for (int i = 0; i < QUEUE; i++) {
			customer_come(&queue[i], pool, SOON);
			AWAIT(status_of(pool).waiting == i + 1);
		}
		EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
		for (int i = 0; i < QUEUE; i++) {
			EXPECT(POOLTOY_OK, customer_await(&queue[i]));
			customer_go(&queue[i], CHECKIN);
			CU_ASSERT(i == 0 || queue[i].ticket > queue[i - 1].ticket);
		}
		expect_whole(pool, 1);
		pooltoy_pool_release(pool);
		stage_close(&stage);
	}
}

/* With no time to starve, a worker that comes free goes to the head of the queue, never to who is quicker. */
static void a_starving_client_is_not_overtaken(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;

	stage_open(&stage);
	pool = doublers(&stage, 1, POOLTOY_AFFINE);
	for (int i = 0; i < 200; i++) {
		struct customer waiter = { 0 };

		MUST(pooltoy_checkout(pool, SOON, &lease));
		customer_come(&waiter, pool, SOON);
		AWAIT(status_of(pool).waiting == 1);
		EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
		EXPECT(POOLTOY_EFULL, pooltoy_checkout(pool, 0, &lease));
		EXPECT(POOLTOY_ETIMEDOUT, pooltoy_checkout(pool, 1, &lease));
		EXPECT(POOLTOY_OK, customer_await(&waiter));
		customer_go(&waiter, CHECKIN);
	}
	expect_whole(pool, 1);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

/* Clients that give up in every way, while workers come and go: at the end all workers are there. */
static void *impatient(void *pool)
{
	struct pooltoy_lease lease;

	for (int i = 0; i < 400; i++)
		if (pooltoy_checkout(pool, i % 3, &lease) == POOLTOY_OK)
			EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	return NULL;
}

static void *waits_to_be_cancelled(void *pool)
{
	struct pooltoy_lease lease;

	while (pooltoy_checkout(pool, SOON, &lease) == POOLTOY_OK) {
		(void)pooltoy_checkin(&lease);
		pthread_testcancel();
	}
	return NULL;
}

static void timeouts_and_cancellations_lose_no_worker(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	pthread_t quick[4], doomed[4];
	int rounds = 0;

	stage_open(&stage);
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 2,
						    .starvation_us = 50));
	for (int i = 0; i < 4; i++)
		quick[i] = begin(impatient, pool);
	for (; rounds < 50; rounds++) {
		for (int i = 0; i < 4; i++)
			doomed[i] = begin(waits_to_be_cancelled, pool);
		for (int i = 0; i < 4; i++) {
			breathe();
			pthread_cancel(doomed[i]);
			finish(doomed[i]);
		}
	}
	for (int i = 0; i < 4; i++)
		finish(quick[i]);
	CU_ASSERT(status_of(pool).waits > 0);
	AWAIT(status_of(pool).waiting == 0);
	expect_whole(pool, 2);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

static void a_cancelled_waiter_leaves_the_queue(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	struct customer first = { 0 }, second = { 0 };
	struct pooltoy_lease lease;

	stage_open(&stage);
	pool = doublers(&stage, 1, POOLTOY_AFFINE);
	MUST(pooltoy_checkout(pool, SOON, &lease));
	customer_come(&first, pool, -1);
	AWAIT(status_of(pool).waiting == 1);
	customer_come(&second, pool, -1);
	AWAIT(status_of(pool).waiting == 2);
	customer_cancel(&first);
	CU_ASSERT_EQUAL(status_of(pool).waiting, 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	EXPECT(POOLTOY_OK, customer_await(&second));
	customer_go(&second, CHECKIN);
	expect_whole(pool, 1);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

static void checkin_twice_stale_or_bogus_changes_nothing(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease, again, copy, nothing = POOLTOY_LEASE_INIT;

	stage_open(&stage);
	pool = doublers(&stage, 1, POOLTOY_AFFINE);
	MUST(pooltoy_checkout(pool, SOON, &lease));
	copy = lease;
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	EXPECT_STORY("poolio", "ended");
	MUST(pooltoy_checkout(pool, SOON, &again)); /* the same worker */
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&copy));
	EXPECT(POOLTOY_ESTALE, pooltoy_lease_worker(&copy));
	copy.generation += 1000;
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&copy));
	copy.slot += 8;
	EXPECT(POOLTOY_EINVAL, pooltoy_checkin(&copy));
	EXPECT(POOLTOY_EINVAL, pooltoy_checkin(&nothing));
	EXPECT(POOLTOY_EINVAL, pooltoy_checkin(NULL));
	CU_ASSERT_EQUAL(status_of(pool).leased, 1);
	EXPECT(0, pooltoy_lease_worker(&again));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&again));
	CU_ASSERT_EQUAL(status_of(pool).checkouts, 2);
	expect_whole(pool, 1);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

static void *check_in_elsewhere(void *lease)
{
	EXPECT(POOLTOY_OK, pooltoy_checkin(lease));
	return NULL;
}

static void any_thread_may_check_in(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;

	stage_open(&stage);
	pool = doublers(&stage, 1, POOLTOY_AFFINE);
	for (int i = 0; i < 50; i++) {
		MUST(pooltoy_checkout(pool, SOON, &lease));
		finish(begin(check_in_elsewhere, &lease));
		EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	}
	expect_whole(pool, 1);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

static void who_holds_every_worker_cannot_wait_for_another_for_ever(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_client *client;
	struct pooltoy_lease leases[2], more;

	stage_open(&stage);
	pool = doublers(&stage, 2, POOLTOY_AFFINE);
	for (int i = 0; i < 2; i++)
		MUST(pooltoy_checkout(pool, SOON, &leases[i]));
	EXPECT(POOLTOY_EDEADLK, pooltoy_checkout(pool, -1, &more));
	EXPECT_STORY("poolio");
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_checkout(pool, 10, &more));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[0]));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[1]));

	MUST(pooltoy_client_open("greedy", &client));
	for (int i = 0; i < 2; i++)
		MUST(pooltoy_client_checkout(client, pool, SOON, &leases[i]));
	EXPECT(POOLTOY_EDEADLK, pooltoy_client_checkout(client, pool, -1, &more));
	pooltoy_client_close(client);
	expect_whole(pool, 2);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

/* A worker that has another pool's double for it. */
static int double_elsewhere(struct pooltoy_worker *self, void *pool, const void *request,
			    size_t length)
{
	struct pooltoy_lease lease;
	int answer = 0;
	size_t room = sizeof answer;

	if (pooltoy_checkout(pool, -1, &lease) ||
	    pooltoy_call(&lease, request, length, &answer, &room, -1) || pooltoy_checkin(&lease))
		return pooltoy_worker_fail(self, "%s", pooltoy_last_error());
	return pooltoy_reply(self, &answer, sizeof answer);
}

static int keep_argument(struct pooltoy_worker *self, void *argument, void **state)
{
	(void)self;
	*state = argument;
	return 0;
}

static void *call_near(void *lease)
{
	int number = 21, answer = 0;
	size_t room = sizeof answer;

	EXPECT(POOLTOY_OK, pooltoy_call(lease, &number, sizeof number, &answer, &room, SOON));
	CU_ASSERT_EQUAL(answer, 42);
	return NULL;
}

static void a_worker_can_wait_for_ever_for_one_of_another_pool(void)
{
	struct pooltoy_worker_ops ops =
		POOLTOY_WORKER_OPS(.init = keep_argument, .handle_call = double_elsewhere);
	struct stage stage;
	struct pooltoy_pool *near, *far;
	struct pooltoy_lease lease, only;
	pthread_t caller;

	SKIP_IF_ISOLATED("a child has no handles of its server's");
	stage_open(&stage);
	far = doublers(&stage, 1, POOLTOY_AFFINE);
	near = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "near", .worker = &ops, .argument = far,
						    .size = 1));
	MUST(pooltoy_checkout(far, SOON, &only));
	MUST(pooltoy_checkout(near, SOON, &lease));
	caller = begin(call_near, &lease);
	AWAIT(status_of(far).waiting == 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&only));
	finish(caller);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	expect_whole(far, 1);
	pooltoy_pool_release(near);
	pooltoy_pool_release(far);
	stage_close(&stage);
}

static void arguments_that_make_no_sense_are_refused(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;

	stage_open(&stage);
	pool = doublers(&stage, 1, POOLTOY_AFFINE);
	EXPECT(POOLTOY_EINVAL, pooltoy_checkout(NULL, 0, &lease));
	EXPECT(POOLTOY_EINVAL, pooltoy_checkout(pool, 0, NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_client_checkout(NULL, pool, 0, &lease));
	EXPECT(POOLTOY_EINVAL, pooltoy_stop_pool(NULL, 0));
	EXPECT(POOLTOY_EINVAL, pooltoy_kill_manager(NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_transaction(pool, NULL, NULL, 0));
	expect_whole(pool, 1);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

SUITE(TEST(a_try_takes_an_idle_worker_or_says_full), TEST(a_wait_ends_when_its_time_is_over),
      TEST(a_wait_for_ever_ends_with_a_worker), TEST(lifo_takes_the_one_idle_for_the_shortest_time),
      TEST(fifo_takes_the_one_idle_for_the_longest_time),
      TEST(affine_takes_the_one_that_this_thread_used_last),
      TEST(waiters_are_served_in_the_order_they_came), TEST(a_starving_client_is_not_overtaken),
      TEST(timeouts_and_cancellations_lose_no_worker), TEST(a_cancelled_waiter_leaves_the_queue),
      TEST(checkin_twice_stale_or_bogus_changes_nothing), TEST(any_thread_may_check_in),
      TEST(who_holds_every_worker_cannot_wait_for_another_for_ever),
      TEST(a_worker_can_wait_for_ever_for_one_of_another_pool),
      TEST(arguments_that_make_no_sense_are_refused))
