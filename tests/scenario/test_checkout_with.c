/* SPDX-License-Identifier: MIT */
/* test_checkout_with.c: checkouts and calls by one deadline, and cancelled from another thread. */
#include "scenario/scene.h"

#include <string.h>

enum { CROWD = 3 };

/* One puppet, which is checked out; a token. */
static void scene_open(struct scene *scene)
{
	scene_begin(scene, POOLTOY_POOL_SPEC(.size = 1, .grace = SOON));
	MUST(pooltoy_checkout(scene->pool, SOON, &scene->lease));
	MUST(pooltoy_cancel_token_open(&scene->token));
}

static void scene_close(struct scene *scene)
{
	pooltoy_cancel_token_close(scene->token);
	expect_service(scene->pool);
	CU_ASSERT_EQUAL(status_of(scene->pool).waiting, 0);
	CU_ASSERT_EQUAL(status_of(scene->pool).worker_deaths, 0);
	scene_end(scene);
}

static int call_with(struct scene *scene, struct order order, int *answer, uint64_t deadline,
		     struct pooltoy_cancel_token *token)
{
	size_t length = sizeof *answer;

	return pooltoy_call_with(&scene->lease, &order, sizeof order, answer,
				 answer ? &length : NULL,
				 POOLTOY_CALL_OPTIONS(.deadline = deadline, .cancel = token));
}

/* Somebody who waits until cancelled: in a checkout, or a call. */
struct waiter {
	struct scene *scene;
	struct order order;
	int code;
	char story[384];
	struct pooltoy_lease lease;
	pthread_t thread;
};

static void *wait_for_worker(void *argument)
{
	struct waiter *waiter = argument;

	waiter->code = pooltoy_checkout_with(
		waiter->scene->pool, POOLTOY_CHECKOUT_OPTIONS(.cancel = waiter->scene->token),
		&waiter->lease);
	strcpy(waiter->story, pooltoy_last_error());
	return NULL;
}

static void *wait_for_answer(void *argument)
{
	struct waiter *waiter = argument;

	waiter->code = call_with(waiter->scene, waiter->order, NULL, 0, waiter->scene->token);
	strcpy(waiter->story, pooltoy_last_error());
	return NULL;
}

static void one_deadline_is_carried_from_checkout_to_call(void)
{
	uint64_t deadline = pooltoy_deadline_after(20);
	struct pooltoy_lease lease;
	struct scene scene;
	int left = 0;

	scene_open(&scene);
	EXPECT(POOLTOY_ETIMEDOUT,
	       pooltoy_checkout_with(scene.pool, POOLTOY_CHECKOUT_OPTIONS(.deadline = deadline),
				     &lease));
	EXPECT_STORY("pool \"poolio\"", "checkout", "timed out");
	EXPECT(POOLTOY_ETIMEDOUT,
	       call_with(&scene, (struct order){ DOUBLE, 1, NULL }, NULL, deadline, NULL));
	EXPECT_STORY("pool \"poolio\"", "worker 0", "the call timed out");
	CU_ASSERT_EQUAL(scene.troupe.calls, 0); /* it had passed */
	deadline = pooltoy_deadline_after(SOON);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	MUST(pooltoy_checkout_with(scene.pool, POOLTOY_CHECKOUT_OPTIONS(.deadline = deadline),
				   &scene.lease));
	EXPECT(POOLTOY_OK,
	       call_with(&scene, (struct order){ TIME_LEFT, 0, NULL }, &left, deadline, NULL));
	CU_ASSERT(left > 0 && left <= SOON);
	EXPECT(POOLTOY_OK,
	       call_with(&scene, (struct order){ TIME_LEFT, 0, NULL }, &left, 0, scene.token));
	CU_ASSERT_EQUAL(left, -1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void a_deadline_that_comes_ends_checkout_and_call(void)
{
	struct pooltoy_lease lease;
	struct scene scene;
	int code;

	scene_open(&scene);
	EXPECT(POOLTOY_ETIMEDOUT,
	       pooltoy_checkout_with(
		       scene.pool, POOLTOY_CHECKOUT_OPTIONS(.deadline = pooltoy_deadline_after(20)),
		       &lease));
	CU_ASSERT_EQUAL(status_of(scene.pool).timeouts, 1);
	do /* until one has begun when its time is over */
		code = call_with(&scene, (struct order){ HOLD_DEAF, 1, &scene.gate }, NULL,
				 pooltoy_deadline_after(20), NULL);
	while (code == POOLTOY_ETIMEDOUT);
	EXPECT(POOLTOY_EBUSY, code);
	expect_interrupts(&scene.troupe, 1);
	gate_await(&scene.gate);
	gate_open(&scene.gate);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void an_idle_worker_is_had_after_the_deadline(void)
{
	struct pooltoy_lease lease;
	struct scene scene;
	uint64_t waits;

	scene_open(&scene);
	waits = status_of(scene.pool).waits; /* a worker may be idle before it can be found */
	EXPECT(POOLTOY_ETIMEDOUT,
	       pooltoy_checkout_with(scene.pool, POOLTOY_CHECKOUT_OPTIONS(.deadline = 1), &lease));
	CU_ASSERT_EQUAL(status_of(scene.pool).waits, waits);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	await_idle(scene.pool, 1);
	MUST(pooltoy_checkout_with(scene.pool, POOLTOY_CHECKOUT_OPTIONS(.deadline = 1), &lease));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void a_token_cancels_all_that_wait_and_all_that_come(void)
{
	struct waiter crowd[CROWD];
	struct pooltoy_lease lease;
	struct scene scene;

	scene_open(&scene);
	for (int i = 0; i < CROWD; i++) {
		crowd[i] = (struct waiter){ .scene = &scene };
		crowd[i].thread = begin(wait_for_worker, &crowd[i]);
	}
	AWAIT(status_of(scene.pool).waiting == CROWD);
	pooltoy_cancel_token_cancel(scene.token);
	pooltoy_cancel_token_cancel(scene.token);
	for (int i = 0; i < CROWD; i++) {
		finish(crowd[i].thread);
		CU_ASSERT_EQUAL(crowd[i].code, POOLTOY_ECANCELLED);
		CU_ASSERT_PTR_NOT_NULL(
			strstr(crowd[i].story, "pool \"poolio\": checkout: cancelled"));
	}
	CU_ASSERT_EQUAL(status_of(scene.pool).waiting, 0);
	CU_ASSERT_EQUAL(status_of(scene.pool).timeouts, 0);
	EXPECT(POOLTOY_ECANCELLED,
	       call_with(&scene, (struct order){ DOUBLE, 1, NULL }, NULL, 0, scene.token));
	EXPECT_STORY("pool \"poolio\"", "worker 0", "the call was cancelled");
	CU_ASSERT_EQUAL(scene.troupe.calls, 0);
	EXPECT(POOLTOY_OK, tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	await_idle(scene.pool, 1);
	EXPECT(POOLTOY_ECANCELLED,
	       pooltoy_checkout_with(scene.pool, POOLTOY_CHECKOUT_OPTIONS(.cancel = scene.token),
				     &lease));
	CU_ASSERT_EQUAL(status_of(scene.pool).idle, 1);
	scene_close(&scene);
}

static void who_is_served_is_not_cancelled(void)
{
	struct waiter waiter;
	struct scene scene;

	scene_open(&scene);
	waiter = (struct waiter){ .scene = &scene };
	waiter.thread = begin(wait_for_worker, &waiter);
	AWAIT(status_of(scene.pool).waiting == 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	finish(waiter.thread); /* whose lease ends with it */
	CU_ASSERT_EQUAL(waiter.code, POOLTOY_OK);
	pooltoy_cancel_token_cancel(scene.token);
	scene_close(&scene);
}

static void a_call_that_runs_is_left_as_at_its_timeout(void)
{
	struct waiter waiter;
	struct scene scene;

	scene_open(&scene);
	waiter = (struct waiter){ .scene = &scene, .order = { HOLD_DEAF, 1, &scene.gate } };
	waiter.thread = begin(wait_for_answer, &waiter);
	gate_await(&scene.gate);
	pooltoy_cancel_token_cancel(scene.token);
	finish(waiter.thread);
	CU_ASSERT_EQUAL(waiter.code, POOLTOY_ECANCELLED);
	CU_ASSERT_PTR_NOT_NULL(strstr(waiter.story, "the call was cancelled"));
	expect_interrupts(&scene.troupe, 1);
	EXPECT(POOLTOY_EBUSY, tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	gate_open(&scene.gate);
	scene_close(&scene);
}

static void a_call_that_has_not_begun_never_runs(void)
{
	struct waiter waiter;
	struct scene scene;

	scene_open(&scene);
	MUST(tell_cast(&scene.lease, (struct order){ HOLD_DEAF, 0, &scene.gate }));
	gate_await(&scene.gate); /* the worker is busy */
	waiter = (struct waiter){ .scene = &scene, .order = { DOUBLE, 1, NULL } };
	waiter.thread = begin(wait_for_answer, &waiter);
	await_rest(); /* it is in the cell */
	pooltoy_cancel_token_cancel(scene.token);
	finish(waiter.thread);
	CU_ASSERT_EQUAL(waiter.code, POOLTOY_ECANCELLED);
	gate_open(&scene.gate);
	EXPECT(POOLTOY_OK, tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	CU_ASSERT_EQUAL(scene.troupe.calls, 1);
	CU_ASSERT_EQUAL(scene.troupe.interrupts, 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void who_dies_in_a_wait_watches_no_more(void)
{
	struct waiter waiter;
	struct scene scene;

	scene_open(&scene);
	waiter = (struct waiter){ .scene = &scene };
	waiter.thread = begin(wait_for_worker, &waiter);
	AWAIT(status_of(scene.pool).waiting == 1);
	pthread_cancel(waiter.thread);
	finish(waiter.thread);
	CU_ASSERT_EQUAL(status_of(scene.pool).waiting, 0);
	waiter.order = (struct order){ HOLD_DEAF, 1, &scene.gate };
	waiter.thread = begin(wait_for_answer, &waiter);
	gate_await(&scene.gate);
	pthread_cancel(waiter.thread);
	finish(waiter.thread);
	pooltoy_cancel_token_cancel(scene.token);
	gate_open(&scene.gate);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void the_lease_is_the_clients(void)
{
	struct pooltoy_client *client;
	struct pooltoy_lease lease;
	struct scene scene;

	scene_open(&scene);
	MUST(pooltoy_client_open("connection", &client));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	MUST(pooltoy_checkout_with(
		scene.pool, POOLTOY_CHECKOUT_OPTIONS(.client = client, .cancel = scene.token),
		&lease));
	EXPECT(POOLTOY_EDEADLK,
	       pooltoy_checkout_with(scene.pool, POOLTOY_CHECKOUT_OPTIONS(.client = client),
				     &scene.lease));
	pooltoy_client_close(client);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	scene_close(&scene);
}

/* Somebody who checks out, and in again, with a priority. */
static atomic_int served;

struct guest {
	struct scene *scene;
	enum pooltoy_priority priority;
	int place, calls_before;
	pthread_t thread;
};

static void *visit(void *argument)
{
	struct guest *guest = argument;
	struct pooltoy_lease lease;

	EXPECT(POOLTOY_OK,
	       pooltoy_checkout_with(
		       guest->scene->pool,
		       POOLTOY_CHECKOUT_OPTIONS(.deadline = pooltoy_deadline_after(SOON),
						.priority = guest->priority),
		       &lease));
	guest->place = served++;
	guest->calls_before = guest->scene->troupe.calls;
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	return NULL;
}

static void high_ones_go_before_normal_ones_and_tasks(void)
{
	static const enum pooltoy_priority priorities[] = { POOLTOY_PRIORITY_NORMAL,
							    POOLTOY_PRIORITY_HIGH,
							    POOLTOY_PRIORITY_NORMAL,
							    POOLTOY_PRIORITY_HIGH };
	static const int places[] = { 2, 0, 3, 1 };
	struct order order = { DOUBLE, 1, NULL };
	struct guest guests[4];
	struct scene scene;

	served = 0;
	scene_open(&scene);
	MUST(pooltoy_submit(scene.pool, &order, sizeof order, NULL, NULL, NULL));
	for (int i = 0; i < 4; i++) {
		guests[i] = (struct guest){ .scene = &scene, .priority = priorities[i] };
		guests[i].thread = begin(visit, &guests[i]);
		AWAIT(status_of(scene.pool).waiting == i + 1);
	}
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	for (int i = 0; i < 4; i++)
		finish(guests[i].thread);
	for (int i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(guests[i].place, places[i]);
		CU_ASSERT_EQUAL(guests[i].calls_before,
				guests[i].priority == POOLTOY_PRIORITY_NORMAL);
	}
	scene_close(&scene);
}

static void deadlines_are_of_the_monotonic_clock(void)
{
	struct timespec now;
	uint64_t before, deadline;

	clock_gettime(CLOCK_MONOTONIC, &now);
	before = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	deadline = pooltoy_deadline_after(7);
	CU_ASSERT(deadline >= before + 7000000);
	CU_ASSERT(deadline < before + (uint64_t)SOON * 1000000);
	CU_ASSERT_EQUAL(pooltoy_deadline_after(-1), POOLTOY_NEVER);
}

static void options_that_make_no_sense_name_themselves(void)
{
	struct {
		struct pooltoy_checkout_options options;
		int more;
	} newer = { POOLTOY_CHECKOUT_OPTIONS_INIT, 1 };
	struct pooltoy_call_options unset = { 0 };
	struct pooltoy_lease lease;
	struct scene scene;

	scene_open(&scene);
	EXPECT(POOLTOY_EINVAL, pooltoy_checkout_with(scene.pool, NULL, &lease));
	EXPECT_STORY("checkout options", "NULL");
	EXPECT(POOLTOY_EINVAL,
	       pooltoy_checkout_with(NULL, POOLTOY_CHECKOUT_OPTIONS(.cancel = scene.token),
				     &lease));
	EXPECT_STORY("pool is NULL");
	EXPECT(POOLTOY_EINVAL,
	       pooltoy_checkout_with(scene.pool, POOLTOY_CHECKOUT_OPTIONS(.deadline = 1), NULL));
	EXPECT_STORY("lease is NULL");
	newer.options.struct_size = sizeof newer;
	EXPECT(POOLTOY_EVERSION, pooltoy_checkout_with(scene.pool, &newer.options, &lease));
	EXPECT_STORY("checkout options", "does not have");
	EXPECT(POOLTOY_EINVAL,
	       pooltoy_checkout_with(scene.pool,
				     POOLTOY_CHECKOUT_OPTIONS(.priority = (enum pooltoy_priority)2),
				     &lease));
	EXPECT_STORY("priority is out of range");
	EXPECT(POOLTOY_EINVAL, pooltoy_call_with(&scene.lease, "", 1, NULL, NULL, NULL));
	EXPECT_STORY("call options", "NULL");
	EXPECT(POOLTOY_EINVAL, pooltoy_call_with(&scene.lease, "", 1, NULL, NULL, &unset));
	EXPECT_STORY("call options", "struct_size is not set");
	EXPECT(POOLTOY_EINVAL, pooltoy_call_with(&scene.lease, NULL, 1, NULL, NULL,
						 POOLTOY_CALL_OPTIONS(.deadline = 0)));
	EXPECT_STORY("request is NULL");
	EXPECT(POOLTOY_EINVAL, pooltoy_cancel_token_open(NULL));
	EXPECT_STORY("cancel token", "NULL");
	pooltoy_cancel_token_cancel(NULL);
	pooltoy_cancel_token_close(NULL);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

SUITE(TEST(one_deadline_is_carried_from_checkout_to_call),
      TEST(a_deadline_that_comes_ends_checkout_and_call),
      TEST(an_idle_worker_is_had_after_the_deadline),
      TEST(a_token_cancels_all_that_wait_and_all_that_come), TEST(who_is_served_is_not_cancelled),
      TEST(a_call_that_runs_is_left_as_at_its_timeout), TEST(a_call_that_has_not_begun_never_runs),
      TEST(who_dies_in_a_wait_watches_no_more), TEST(the_lease_is_the_clients),
      TEST(high_ones_go_before_normal_ones_and_tasks), TEST(deadlines_are_of_the_monotonic_clock),
      TEST(options_that_make_no_sense_name_themselves))
