/* SPDX-License-Identifier: MIT */
/* test_call.c: calls: their replies, their errors, their time, their sizes. */
#include "scenario/scene.h"

#include <stdlib.h>
#include <string.h>

/* One puppet, which is checked out. */
static void scene_open(struct scene *scene, int grace)
{
	scene_begin(scene, POOLTOY_POOL_SPEC(.size = 1, .grace = grace));
	MUST(pooltoy_checkout(scene->pool, SOON, &scene->lease));
}

static void scene_close(struct scene *scene)
{
	expect_service(scene->pool);
	scene_end(scene);
	CU_ASSERT_EQUAL(scene->troupe.inits, scene->troupe.terminates);
}

static void a_call_brings_the_reply(void)
{
	struct scene scene;
	int answer = 0;

	scene_open(&scene, 0);
	EXPECT(POOLTOY_OK, tell(&scene.lease, (struct order){ DOUBLE, 21, NULL }, &answer, SOON));
	CU_ASSERT_EQUAL(answer, 42);
	EXPECT(POOLTOY_OK, tell(&scene.lease, (struct order){ DOUBLE, 4, NULL }, &answer, -1));
	CU_ASSERT_EQUAL(answer, 8);
	EXPECT(POOLTOY_OK, tell(&scene.lease, (struct order){ DOUBLE, 4, NULL }, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	EXPECT(POOLTOY_ESTALE, tell(&scene.lease, (struct order){ DOUBLE, 4, NULL }, NULL, SOON));
	CU_ASSERT_EQUAL(scene.troupe.calls, 3);
	scene_close(&scene);
}

static void an_error_that_is_a_reply_leaves_the_worker_alive(void)
{
	static const int codes[] = { POOLTOY_EINVAL, POOLTOY_EUSER, POOLTOY_EUSER - 42 };
	struct scene scene;

	scene_open(&scene, 0);
	for (int i = 0; i < 3; i++) {
		EXPECT(codes[i],
		       tell(&scene.lease, (struct order){ REFUSE, codes[i], NULL }, NULL, SOON));
		EXPECT_STORY("poolio", "worker 0", pooltoy_strerror(codes[i]));
	}
	EXPECT(POOLTOY_OK, tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	CU_ASSERT_EQUAL(status_of(scene.pool).worker_deaths, 0);
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	scene_close(&scene);
}

static void a_call_that_times_out_before_it_began_never_runs(void)
{
	struct scene scene;

	scene_open(&scene, 0);
	MUST(tell_cast(&scene.lease, (struct order){ HOLD_DEAF, 0, &scene.gate }));
	gate_await(&scene.gate); /* the worker is busy */
	EXPECT(POOLTOY_ETIMEDOUT, tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, NULL, 10));
	EXPECT(POOLTOY_ETIMEDOUT, tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, NULL, 0));
	EXPECT_STORY("poolio", "timed out");
	gate_open(&scene.gate);
	/* No taint: the next call runs at once, and it is the first that does. */
	EXPECT(POOLTOY_OK, tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	CU_ASSERT_EQUAL(scene.troupe.calls, 1);
	CU_ASSERT_EQUAL(scene.troupe.interrupts, 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	CU_ASSERT_EQUAL(status_of(scene.pool).worker_deaths, 0);
	scene_close(&scene);
}

static void a_call_that_times_out_is_interrupted_and_taints_its_worker(void)
{
	struct scene scene;
	struct pooltoy_lease next;
	int answer = 0;

	scene_open(&scene, SOON);
	call_and_leave(&scene.lease, &scene.gate, &answer, 20);
	expect_interrupts(&scene.troupe, 1);
	EXPECT(POOLTOY_EBUSY, tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	EXPECT_STORY("poolio", "in use");
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease)); /* at once */
	CU_ASSERT_EQUAL(status_of(scene.pool).resetting, 1);
	EXPECT(POOLTOY_EFULL, pooltoy_checkout(scene.pool, 0, &next));
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_checkout(scene.pool, 10, &next));
	gate_open(&scene.gate);
	MUST(pooltoy_checkout(scene.pool, SOON, &next));
	CU_ASSERT_EQUAL(answer, 0); /* never written to after the return */
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&next));
	scene_close(&scene);
}

static void an_interrupted_handler_may_still_be_replied_from(void)
{
	struct scene scene;
	int answer = 0;

	scene_open(&scene, SOON);
	/* `interrupt` opens the gate: the handler returns soon, too late for this call or just in
	 * time, but the lease goes on. */
	int code = tell(&scene.lease, (struct order){ HOLD, 21, &scene.gate }, &answer, 20);

	CU_ASSERT(code == POOLTOY_ETIMEDOUT || (code == POOLTOY_OK && answer == 42));
	expect_interrupts(&scene.troupe, 1);
	do
		code = tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, &answer, SOON);
	while (code == POOLTOY_EBUSY);
	EXPECT(POOLTOY_OK, code);
	CU_ASSERT_EQUAL(answer, 2);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void *call_and_be_cancelled(void *argument)
{
	struct scene *scene = argument;

	(void)tell(&scene->lease, (struct order){ HOLD_DEAF, 1, &scene->gate }, NULL, -1);
	CU_FAIL("not reached: the call is a cancellation point");
	return NULL;
}

static void a_cancelled_call_taints_its_worker_too(void)
{
	struct scene scene;
	pthread_t caller;

	scene_open(&scene, SOON);
	caller = begin(call_and_be_cancelled, &scene);
	gate_await(&scene.gate);
	pthread_cancel(caller);
	finish(caller);
	expect_interrupts(&scene.troupe, 1);
	EXPECT(POOLTOY_EBUSY, tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	CU_ASSERT_EQUAL(status_of(scene.pool).resetting, 1);
	gate_open(&scene.gate);
	await_idle(scene.pool, 1);
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	scene_close(&scene);
}

static void a_second_call_at_the_same_time_is_refused(void)
{
	struct scene scene;
	pthread_t caller;
	int answer;
	size_t length = sizeof answer;

	scene_open(&scene, SOON);
	caller = begin(call_and_be_cancelled, &scene);
	gate_await(&scene.gate);
	EXPECT(POOLTOY_EBUSY, tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	EXPECT(POOLTOY_EBUSY, pooltoy_call_reply(&scene.lease, &answer, &length));
	pthread_cancel(caller);
	finish(caller);
	gate_open(&scene.gate);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void a_reply_too_large_waits_to_be_fetched(void)
{
	struct order order = { GROW, 1000, NULL };
	unsigned char small[100], large[1000];
	struct scene scene;
	size_t length = sizeof small;

	memset(small, 0xee, sizeof small);
	scene_open(&scene, 0);
	EXPECT(POOLTOY_ETOOSMALL,
	       pooltoy_call(&scene.lease, &order, sizeof order, small, &length, SOON));
	CU_ASSERT_EQUAL(length, 1000);
	CU_ASSERT_EQUAL(small[0], 0xee);
	length = 999;
	EXPECT(POOLTOY_ETOOSMALL, pooltoy_call_reply(&scene.lease, large, &length));
	CU_ASSERT_EQUAL(length, 1000);
	EXPECT(POOLTOY_OK, pooltoy_call_reply(&scene.lease, large, &length));
	CU_ASSERT_EQUAL(length, 1000);
	for (size_t i = 0; i < length; i++)
		CU_ASSERT_EQUAL(large[i], pattern_at(i));
	CU_ASSERT_EQUAL(scene.troupe.calls, 1);

	EXPECT(POOLTOY_OK, tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	length = sizeof large;
	EXPECT(POOLTOY_ENOENT, pooltoy_call_reply(&scene.lease, large, &length));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	EXPECT(POOLTOY_ESTALE, pooltoy_call_reply(&scene.lease, large, &length));
	scene_close(&scene);
}

static void a_reply_that_was_not_fetched_is_not_for_the_next_lease(void)
{
	struct order order = { GROW, 1000, NULL };
	unsigned char bytes[1000];
	struct scene scene;
	size_t length = 1;

	scene_open(&scene, 0);
	EXPECT(POOLTOY_ETOOSMALL,
	       pooltoy_call(&scene.lease, &order, sizeof order, bytes, &length, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	MUST(pooltoy_checkout(scene.pool, SOON, &scene.lease));
	length = sizeof bytes;
	EXPECT(POOLTOY_ENOENT, pooltoy_call_reply(&scene.lease, bytes, &length));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void the_handler_knows_the_time_that_its_caller_has_left(void)
{
	struct order order = { TIME_LEFT, 0, NULL };
	struct scene scene;
	int left = 0;

	scene_open(&scene, 0);
	EXPECT(POOLTOY_OK, tell(&scene.lease, order, &left, 5000));
	CU_ASSERT(left > 0 && left <= 5000);
	EXPECT(POOLTOY_OK, tell(&scene.lease, order, &left, -1));
	CU_ASSERT_EQUAL(left, -1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void expect_echo(const struct pooltoy_lease *lease, const unsigned char *request,
			unsigned char *reply, size_t size)
{
	size_t length = size + 1;

	memset(reply, 0, size);
	if (!EXPECT(POOLTOY_OK, pooltoy_call(lease, request, size, reply, &length, SOON)))
		return;
	CU_ASSERT_EQUAL(length, size);
	CU_ASSERT_EQUAL(memcmp(request, reply, size), 0);
}

static void requests_and_replies_of_any_size(void)
{
	static const size_t sizes[] = { 0,    1,     7,     63,      64,      65,     1,      4096,
					4097, 65536, 99991, 1 << 20, 5 << 20, 100000, 8 << 20 };
	enum { LARGEST = 8 << 20 };
	unsigned char *request = malloc(LARGEST), *reply = malloc(LARGEST + 1);
	struct scene scene;

	CU_ASSERT_FATAL(request && reply);
	for (size_t i = 0; i < LARGEST; i++)
		request[i] = pattern_at(i);
	scene_open(&scene, 0);
	for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		expect_echo(&scene.lease, request, reply, sizes[i]);
	EXPECT(POOLTOY_OK, pooltoy_call(&scene.lease, NULL, 0, NULL, NULL, SOON));
	EXPECT(POOLTOY_EINVAL, pooltoy_call(&scene.lease, NULL, 1, NULL, NULL, SOON));
	EXPECT(POOLTOY_EINVAL, pooltoy_call(&scene.lease, request, 1, reply, NULL, SOON));
	EXPECT(POOLTOY_EINVAL, pooltoy_call(NULL, request, 1, NULL, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	scene_close(&scene);
	free(request);
	free(reply);
}

static int no_reply(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	(void)self;
	(void)state;
	(void)request;
	(void)length;
	return 0;
}

static void a_handler_that_says_nothing_replies_nothing(void)
{
	static const struct pooltoy_worker_ops silent = POOLTOY_WORKER_OPS(.handle_call = no_reply);
	static const struct pooltoy_worker_ops empty = POOLTOY_WORKER_OPS(.init = NULL);
	struct pooltoy_lease lease;
	struct pooltoy_pool *pool;
	struct stage stage;
	char buffer[8];
	size_t length = sizeof buffer;

	stage_open(&stage);
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "mute", .worker = &silent, .size = 1));
	MUST(pooltoy_checkout(pool, SOON, &lease));
	EXPECT(POOLTOY_OK, pooltoy_call(&lease, "hello", 5, buffer, &length, SOON));
	CU_ASSERT_EQUAL(length, 0);
	EXPECT(POOLTOY_EINVAL, pooltoy_cast(&lease, "hello", 5));
	pooltoy_pool_release(pool);

	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "deaf", .worker = &empty, .size = 1));
	MUST(pooltoy_checkout(pool, SOON, &lease));
	EXPECT(POOLTOY_EINVAL, pooltoy_call(&lease, "hello", 5, NULL, NULL, SOON));
	EXPECT_STORY("deaf", "handler");
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

SUITE(TEST(a_call_brings_the_reply), TEST(an_error_that_is_a_reply_leaves_the_worker_alive),
      TEST(a_call_that_times_out_before_it_began_never_runs),
      TEST(a_call_that_times_out_is_interrupted_and_taints_its_worker),
      TEST(an_interrupted_handler_may_still_be_replied_from),
      TEST(a_cancelled_call_taints_its_worker_too), TEST(a_second_call_at_the_same_time_is_refused),
      TEST(a_reply_too_large_waits_to_be_fetched),
      TEST(a_reply_that_was_not_fetched_is_not_for_the_next_lease),
      TEST(the_handler_knows_the_time_that_its_caller_has_left),
      TEST(requests_and_replies_of_any_size), TEST(a_handler_that_says_nothing_replies_nothing))
