/* SPDX-License-Identifier: MIT */
/* test_call_start.c: calls that nobody waits for. */
#include "completions.h"

static void calls_and_their_replies(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	const struct pooltoy_completion *completions[2];

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	for (int i = 0; i < 100; i++) {
		MUST(start_call(&scene, &lease, (struct order){ DOUBLE, i, NULL }, SOON, NULL));
		completions[0] = next_completion(&scene);
		CU_ASSERT_EQUAL(completions[0]->type, POOLTOY_COMPLETION_CALL);
		CU_ASSERT_EQUAL(completions[0]->code, 0);
		CU_ASSERT_EQUAL(completions[0]->worker, 0);
		CU_ASSERT_EQUAL(completions[0]->lease.generation, lease.generation);
		CU_ASSERT_EQUAL(answer_of(completions[0]), 2 * i);
		pooltoy_completion_release(completions[0]);
	}
	/* Replies are the completions' own: two at a time, of which one is large. */
	MUST(start_call(&scene, &lease, (struct order){ GROW, 100000, NULL }, -1, NULL));
	completions[0] = next_completion(&scene);
	MUST(start_call(&scene, &lease, (struct order){ GROW, 100, NULL }, -1, NULL));
	completions[1] = next_completion(&scene);
	CU_ASSERT_EQUAL(completions[0]->length, 100000);
	CU_ASSERT_EQUAL(completions[1]->length, 100);
	for (size_t i = 0; i < 100000; i++)
		if (((const unsigned char *)completions[0]->reply)[i] != pattern_at(i) ||
		    (i < 100 && ((const unsigned char *)completions[1]->reply)[i] != pattern_at(i)))
			CU_FAIL("a reply is not whole");
	pooltoy_completion_release(completions[0]);
	pooltoy_completion_release(completions[1]);
	EXPECT(POOLTOY_OK, tell(&lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void a_handlers_error_and_a_workers_death_are_told(void)
{
	const struct pooltoy_completion *completion;
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	MUST(start_call(&scene, &lease, (struct order){ REFUSE, POOLTOY_EUSER - 7, NULL }, -1,
			NULL));
	expect(&scene, POOLTOY_COMPLETION_CALL, &scene, POOLTOY_EUSER - 7);
	MUST(start_call(&scene, &lease, (struct order){ BREAK, 0, NULL }, -1, NULL));
	completion = next_completion(&scene);
	CU_ASSERT_EQUAL(completion->code, POOLTOY_ECRASHED);
	CU_ASSERT_STRING_EQUAL(completion->reason, "told to break");
	CU_ASSERT_PTR_NULL(completion->reply);
	pooltoy_completion_release(completion);
	EXPECT(POOLTOY_ESTALE,
	       start_call(&scene, &lease, (struct order){ DOUBLE, 0, NULL }, -1, NULL));
	lease = check_out(&scene);
	MUST(start_call(&scene, &lease, (struct order){ END_THREAD, 0, NULL }, -1, NULL));
	expect(&scene, POOLTOY_COMPLETION_CALL, &scene, POOLTOY_ECRASHED);
	lease = check_out(&scene);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void one_call_at_a_time(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	MUST(start_call(&scene, &lease, (struct order){ HOLD_DEAF, 21, &scene.gate }, -1, NULL));
	CU_ASSERT(gate_await(&scene.gate));
	EXPECT(POOLTOY_EBUSY,
	       start_call(&scene, &lease, (struct order){ DOUBLE, 0, NULL }, -1, NULL));
	EXPECT(POOLTOY_EBUSY, tell(&lease, (struct order){ DOUBLE, 0, NULL }, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease)); /* the call goes on, and is told of */
	expect_none(&scene);
	gate_open(&scene.gate);
	expect(&scene, POOLTOY_COMPLETION_CALL, &scene, 0);
	await_idle(scene.pool, 1);
	scene_close(&scene);
}

static void a_call_that_times_out_is_interrupted_and_the_worker_lives(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .grace = SOON));
	lease = check_out(&scene);
	start_held_call(&scene, &lease, 10, NULL);
	expect(&scene, POOLTOY_COMPLETION_CALL, &scene, POOLTOY_ETIMEDOUT);
	AWAIT(scene.troupe.interrupts == 1); /* which opens the gate */
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	await_idle(scene.pool, 1);
	expect_none(&scene);
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	scene_close(&scene);
}

static void a_worker_that_was_interrupted_for_a_call_is_so_again_for_the_stop(void)
{
	struct scene scene;
	struct gate second;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .grace = SOON));
	gate_init(&second);
	lease = check_out(&scene);
	start_held_call(&scene, &lease, 10, NULL);
	expect(&scene, POOLTOY_COMPLETION_CALL, &scene, POOLTOY_ETIMEDOUT);
	AWAIT(start_call(&scene, &lease, (struct order){ HOLD, 1, &second }, -1, NULL) == 0);
	CU_ASSERT(gate_await(&second));
	CU_ASSERT_EQUAL(scene.troupe.interrupts, 1);
	EXPECT(POOLTOY_OK, pooltoy_stop_pool(scene.pool, 10));
	CU_ASSERT_EQUAL(scene.troupe.interrupts, 2);
	expect(&scene, POOLTOY_COMPLETION_CALL, &scene, 0);
	scene_close(&scene);
	gate_destroy(&second);
}

static void a_call_that_is_cancelled_is_interrupted_and_the_worker_lives(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	struct pooltoy_pending pending;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .grace = SOON));
	lease = check_out(&scene);
	start_held_call(&scene, &lease, -1, &pending);
	CU_ASSERT(gate_await(&scene.gate));
	EXPECT(POOLTOY_OK, pooltoy_pending_cancel(&pending));
	expect(&scene, POOLTOY_COMPLETION_CALL, &scene, POOLTOY_ECANCELLED);
	AWAIT(scene.troupe.interrupts == 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	await_idle(scene.pool, 1);
	expect_none(&scene);
	scene_close(&scene);
}

/* A cast keeps the worker from the call. */
static void a_call_that_has_not_begun_never_will_after_its_time(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	struct pooltoy_pending pending;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	MUST(tell_cast(&lease, (struct order){ HOLD_DEAF, 0, &scene.gate }));
	CU_ASSERT(gate_await(&scene.gate));
	MUST(start_call(&scene, &lease, (struct order){ DOUBLE, 1, NULL }, 5, NULL));
	expect(&scene, POOLTOY_COMPLETION_CALL, &scene, POOLTOY_ETIMEDOUT);
	MUST(start_call(&scene, &lease, (struct order){ DOUBLE, 1, NULL }, SOON, &pending));
	EXPECT(POOLTOY_OK, pooltoy_pending_cancel(&pending));
	expect(&scene, POOLTOY_COMPLETION_CALL, &scene, POOLTOY_ECANCELLED);
	gate_open(&scene.gate);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	await_idle(scene.pool, 1);
	CU_ASSERT_EQUAL(scene.troupe.calls, 0);
	CU_ASSERT_EQUAL(scene.troupe.interrupts, 0);
	scene_close(&scene);
}

static void a_handler_sees_the_time_that_its_call_has_left(void)
{
	const struct pooltoy_completion *completion;
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	MUST(start_call(&scene, &lease, (struct order){ TIME_LEFT, 0, NULL }, -1, NULL));
	completion = next_completion(&scene);
	CU_ASSERT_EQUAL(answer_of(completion), -1);
	pooltoy_completion_release(completion);
	MUST(start_call(&scene, &lease, (struct order){ TIME_LEFT, 0, NULL }, SOON, NULL));
	completion = next_completion(&scene);
	CU_ASSERT(answer_of(completion) > 0 && answer_of(completion) <= SOON);
	pooltoy_completion_release(completion);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void cancel_one_that_looks_at_its_time(const struct pooltoy_worker_ops *worker)
{
	struct scene scene;
	struct pooltoy_lease lease;
	struct pooltoy_pending pending;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .worker = worker, .grace = 2 * SOON));
	lease = check_out(&scene);
	MUST(start_call(&scene, &lease, (struct order){ OUTLAST, 0, &scene.gate }, -1, &pending));
	CU_ASSERT(gate_await(&scene.gate));
	EXPECT(POOLTOY_OK, pooltoy_pending_cancel(&pending));
	expect(&scene, POOLTOY_COMPLETION_CALL, &scene, POOLTOY_ECANCELLED);
	/* It ends by itself: nothing else has its thread look. */
	AWAIT(start_call(&scene, &lease, (struct order){ DOUBLE, 1, NULL }, SOON, NULL) == 0);
	expect(&scene, POOLTOY_COMPLETION_CALL, &scene, 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void a_handler_of_a_cancelled_call_has_no_time_left(void)
{
	cancel_one_that_looks_at_its_time(&puppet_ops);
	cancel_one_that_looks_at_its_time(&plain_puppet_ops);
}

/* The pool's stop leaves a thread behind in quarantine; no manager is left for the call's deadline. A
 * child it does not leave behind. */
static void a_stop_ends_the_calls_that_hang_and_have_a_deadline(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene,
		   POOLTOY_POOL_SPEC(.size = 1, .shutdown = 1, .grace = ISOLATED ? 1000 : 1));
	lease = check_out(&scene);
	MUST(start_call(&scene, &lease, (struct order){ HOLD_DEAF, 1, &scene.gate }, SOON, NULL));
	CU_ASSERT(gate_await(&scene.gate));
	EXPECT(ISOLATED ? POOLTOY_OK : POOLTOY_EQUARANTINED, pooltoy_stop_pool(scene.pool, 1));
	expect(&scene, POOLTOY_COMPLETION_CALL, &scene,
	       ISOLATED ? POOLTOY_ECRASHED : POOLTOY_ESTOPPED);
	gate_open(&scene.gate);
	if (ISOLATED)
		scene.troupe.on_stage--; /* it was killed */
	AWAIT(scene.troupe.on_stage == 0);
	expect_none(&scene);
	scene_close(&scene);
}

SUITE(TEST(calls_and_their_replies), TEST(a_handlers_error_and_a_workers_death_are_told),
      TEST(one_call_at_a_time), TEST(a_call_that_times_out_is_interrupted_and_the_worker_lives),
      TEST(a_worker_that_was_interrupted_for_a_call_is_so_again_for_the_stop),
      TEST(a_call_that_is_cancelled_is_interrupted_and_the_worker_lives),
      TEST(a_call_that_has_not_begun_never_will_after_its_time),
      TEST(a_handler_sees_the_time_that_its_call_has_left),
      TEST(a_handler_of_a_cancelled_call_has_no_time_left),
      TEST(a_stop_ends_the_calls_that_hang_and_have_a_deadline))
