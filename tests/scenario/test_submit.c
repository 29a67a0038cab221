/* SPDX-License-Identifier: MIT */
/* test_submit.c: tasks: who runs them, in which order, and what is told of them. */
#include "scenario/tasks.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Outcomes. */

static void a_task_is_run_and_its_reply_told(void)
{
	struct scene scene;
	struct told told;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 2));
	for (int i = 0; i < 100; i++) {
		CU_ASSERT_EQUAL(tell_any(&scene, (struct order){ DOUBLE, i, NULL }, &told), 0);
		CU_ASSERT_EQUAL(told.answer, 2 * i);
		CU_ASSERT(told.worker == 0 || told.worker == 1);
		CU_ASSERT_STRING_EQUAL(told.reason, "");
	}
	AWAIT(status_of(scene.pool).tasks_run == 100);
	CU_ASSERT_EQUAL(status_of(scene.pool).tasks_waiting, 0);
	CU_ASSERT_EQUAL(status_of(scene.pool).checkouts, 0); /* tasks are no leases */
	await_idle(scene.pool, 2);
	scene_end(&scene);
}

static void requests_of_all_sizes_arrive_whole_and_aligned(void)
{
	static const size_t sizes[] = { 0, 1, 8, 15, 17, 24, 63 };
	unsigned char request[64];
	struct scene scene;
	struct told told;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1));
	for (size_t i = 0; i < sizeof request; i++)
		request[i] = pattern_at(i);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		told_init(&told);
		MUST(pooltoy_submit(scene.pool, request, sizes[i], note_outcome, &told, NULL));
		CU_ASSERT_EQUAL(await_told(&told), 0); /* the puppet echoes what is no order */
		CU_ASSERT_EQUAL(told.length, sizes[i]);
		CU_ASSERT_EQUAL(memcmp(told.reply, request, sizes[i]), 0);
	}
	scene_end(&scene);
}

static void a_handlers_error_is_the_tasks_and_the_worker_lives_on(void)
{
	struct scene scene;
	struct told told;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1));
	CU_ASSERT_EQUAL(tell_any(&scene, (struct order){ REFUSE, POOLTOY_EUSER - 7, NULL }, &told),
			POOLTOY_EUSER - 7);
	CU_ASSERT_EQUAL(tell_any(&scene, (struct order){ TIME_LEFT, 0, NULL }, &told), 0);
	CU_ASSERT_EQUAL(told.answer, -1); /* nobody waits with a deadline */
	CU_ASSERT_EQUAL(told.length, sizeof told.answer);
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	scene_end(&scene);
}

static void a_task_whose_outcome_nobody_asks_for_is_run(void)
{
	struct order order = { DOUBLE, 1, NULL };
	struct scene scene;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1));
	MUST(pooltoy_submit(scene.pool, &order, sizeof order, NULL, NULL, NULL));
	AWAIT(status_of(scene.pool).tasks_run == 1);
	scene_end(&scene);
}

static void a_worker_that_dies_in_a_task_tells_why_and_the_next_runs_the_rest(void)
{
	static const struct {
		enum verb verb;
		const char *reason;
	} ways[] = { { BREAK, "told to break" },
		     { LEAVE, "told to leave" },
		     { END_THREAD, "its thread ended" } };
	struct scene scene;
	struct told dying, next;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1));
	/* One that has completed a task is replaced at once, whatever a long backoff says. */
	CU_ASSERT_EQUAL(tell_any(&scene, (struct order){ DOUBLE, 1, NULL }, &next), 0);
	for (int i = 0; i < 3; i++) {
		told_init(&dying);
		told_init(&next);
		MUST(submit_order(&scene, (struct order){ ways[i].verb, 0, NULL }, &dying));
		MUST(submit_order(&scene, (struct order){ DOUBLE, i, NULL }, &next));
		CU_ASSERT_EQUAL(await_told(&dying), POOLTOY_ECRASHED);
		CU_ASSERT_PTR_NOT_NULL(strstr(dying.reason, ways[i].reason));
		CU_ASSERT(dying.worker >= 0);
		CU_ASSERT_EQUAL(await_told(&next), 0);
		CU_ASSERT_EQUAL(next.answer, 2 * i);
	}
	CU_ASSERT_EQUAL(scene.troupe.calls, 7); /* none ran twice */
	AWAIT(status_of(scene.pool).worker_deaths == 3);
	CU_ASSERT_EQUAL(status_of(scene.pool).start_failures, 0);
	scene_end(&scene);
}

/* Order. */

static void a_worker_that_a_task_breaks_after_a_lease_is_replaced_at_once(void)
{
	struct told told;
	struct scene scene;

	scene_begin(&scene,
		    POOLTOY_POOL_SPEC(.size = 1, .backoff_min = 600000, .backoff_max = 600000));
	expect_service(scene.pool);
	told_init(&told);
	MUST(submit_order(&scene, (struct order){ .verb = BREAK }, &told));
	CU_ASSERT_EQUAL(await_told(&told), POOLTOY_ECRASHED);
	expect_service(scene.pool);
	tokens_destroy(&told.news);
	scene_end(&scene);
}

static void tasks_begin_in_the_order_in_which_they_came(void)
{
	enum { TASKS = 50 };
	static struct told told[TASKS];
	struct told holding;
	struct scene scene;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1));
	hold_worker(&scene, &holding);
	for (int i = 0; i < TASKS; i++) {
		told_init(&told[i]);
		MUST(submit_order(&scene, (struct order){ DOUBLE, i, NULL }, &told[i]));
	}
	CU_ASSERT_EQUAL(status_of(scene.pool).tasks_waiting, TASKS);
	let_worker_go(&scene, &holding);
	for (int i = 0; i < TASKS; i++)
		CU_ASSERT_EQUAL(await_told(&told[i]), 0);
	for (int i = 1; i < TASKS; i++)
		CU_ASSERT_EQUAL(told[i].turn, told[i - 1].turn + 1);
	scene_end(&scene);
}

static void tasks_run_side_by_side_on_all_workers(void)
{
	struct told held[3];
	struct scene scene;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 3));
	for (int i = 0; i < 3; i++)
		hold_worker(&scene, &held[i]);
	CU_ASSERT_EQUAL(status_of(scene.pool).leased, 3);
	for (int i = 0; i < 3; i++)
		gate_open(&scene.gate);
	for (int i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(await_told(&held[i]), 0);
	CU_ASSERT(held[0].worker != held[1].worker && held[1].worker != held[2].worker);
	scene_end(&scene);
}

static void clients_and_tasks_that_wait_are_served_in_the_order_in_which_they_came(void)
{
	struct told holding, first, last;
	struct customer customer = { 0 };
	struct scene scene;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1));
	hold_worker(&scene, &holding);
	told_init(&first);
	told_init(&last);
	MUST(submit_order(&scene, (struct order){ DOUBLE, 1, NULL }, &first));
	customer_come(&customer, scene.pool, SOON);
	AWAIT(status_of(scene.pool).waiting == 1);
	MUST(submit_order(&scene, (struct order){ DOUBLE, 2, NULL }, &last));
	CU_ASSERT_FALSE(customer_is_served(&customer));
	let_worker_go(&scene, &holding);
	CU_ASSERT_EQUAL(await_told(&first), 0);
	CU_ASSERT_EQUAL(customer_await(&customer), 0);
	CU_ASSERT_EQUAL(last.times, 0); /* it came after the client, which has the worker */
	CU_ASSERT_EQUAL(status_of(scene.pool).tasks_waiting, 1);
	customer_go(&customer, CHECKIN);
	CU_ASSERT_EQUAL(await_told(&last), 0);
	scene_end(&scene);
}

static void a_client_is_served_soon_however_many_tasks_keep_coming(void)
{
	struct pooltoy_lease lease;
	struct scene scene;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1));
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < 200; i++)
			MUST(pooltoy_submit(scene.pool, "", 0, NULL, NULL, NULL));
		MUST(pooltoy_checkout(scene.pool, SOON, &lease));
		MUST(pooltoy_checkin(&lease));
	}
	AWAIT(status_of(scene.pool).tasks_run == 4000);
	scene_end(&scene);
}

/* Bounds. */

static void a_full_queue_refuses_and_takes_again_when_there_is_room(void)
{
	struct told holding, told[4], refused;
	struct scene scene;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_tasks = 3)); /* rounded up to 4 */
	hold_worker(&scene, &holding);
	for (int i = 0; i < 4; i++) {
		told_init(&told[i]);
		MUST(submit_order(&scene, (struct order){ DOUBLE, i, NULL }, &told[i]));
	}
	told_init(&refused);
	EXPECT(POOLTOY_EAGAIN, submit_order(&scene, (struct order){ DOUBLE, 9, NULL }, &refused));
	EXPECT_STORY("poolio", "tasks wait already");
	CU_ASSERT_EQUAL(refused.times, 0);
	tokens_destroy(&refused.news);
	EXPECT(POOLTOY_OK, pooltoy_task_cancel(&told[2].task));
	CU_ASSERT_EQUAL(await_told(&told[2]), POOLTOY_ECANCELLED);
	let_worker_go(&scene, &holding);
	CU_ASSERT_EQUAL(await_told(&told[0]), 0);
	CU_ASSERT_EQUAL(await_told(&told[1]), 0);
	CU_ASSERT_EQUAL(await_told(&told[3]), 0);
	CU_ASSERT_EQUAL(tell_any(&scene, (struct order){ DOUBLE, 9, NULL }, &refused), 0);
	scene_end(&scene);
}

static void what_cannot_be_submitted_is_refused_with_a_story(void)
{
	static const struct pooltoy_worker_ops no_calls = POOLTOY_WORKER_OPS(.init = NULL);
	static const struct pooltoy_task bogus = POOLTOY_TASK_INIT;
	struct pooltoy_pool *mute, *empty, *none;
	struct pooltoy_task task;
	struct scene scene;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1));
	mute = start_pool(&scene.stage,
			  POOLTOY_POOL_SPEC(.name = "mute", .worker = &no_calls, .size = 1));
	empty = start_pool(&scene.stage, POOLTOY_POOL_SPEC(.name = "empty", .worker = &doubler));
	none = start_pool(&scene.stage, POOLTOY_POOL_SPEC(.name = "none", .worker = &doubler,
							  .size = 1, .max_tasks = POOLTOY_NONE));
	EXPECT(POOLTOY_EINVAL, pooltoy_submit(NULL, "x", 1, NULL, NULL, NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_submit(scene.pool, NULL, 1, NULL, NULL, NULL));
	EXPECT_STORY("poolio", "request is NULL");
	EXPECT(POOLTOY_EINVAL, pooltoy_submit(mute, "x", 1, NULL, NULL, NULL));
	EXPECT_STORY("mute", "no handle_call");
	EXPECT(POOLTOY_EFULL, pooltoy_submit(empty, "x", 1, NULL, NULL, NULL));
	EXPECT(POOLTOY_EAGAIN, pooltoy_submit(none, "x", 1, NULL, NULL, NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_task_cancel(NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_task_cancel(&bogus));
	MUST(pooltoy_submit(scene.pool, "x", 1, NULL, NULL, &task));
	task.position += 1000; /* never was */
	EXPECT(POOLTOY_ESTALE, pooltoy_task_cancel(&task));
	pooltoy_pool_release(mute);
	pooltoy_pool_release(empty);
	pooltoy_pool_release(none);
	scene_end(&scene);
}

/* Cancel. */

static void a_cancelled_task_never_runs_and_one_that_runs_is_not_cancelled(void)
{
	struct told holding, told[3];
	struct scene scene;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1));
	hold_worker(&scene, &holding);
	for (int i = 0; i < 3; i++) {
		told_init(&told[i]);
		MUST(submit_order(&scene, (struct order){ DOUBLE, i, NULL }, &told[i]));
	}
	EXPECT(POOLTOY_ESTALE, pooltoy_task_cancel(&holding.task));
	EXPECT(POOLTOY_OK, pooltoy_task_cancel(&told[1].task));
	CU_ASSERT_EQUAL(told[1].times, 1);
	CU_ASSERT_EQUAL(told[1].worker, -1);
	CU_ASSERT_EQUAL(told[1].thread_id, syscall(SYS_gettid));
	CU_ASSERT_EQUAL(await_told(&told[1]), POOLTOY_ECANCELLED);
	EXPECT(POOLTOY_ESTALE, pooltoy_task_cancel(&told[1].task));
	let_worker_go(&scene, &holding);
	CU_ASSERT_EQUAL(await_told(&told[0]), 0);
	CU_ASSERT_EQUAL(await_told(&told[2]), 0);
	EXPECT(POOLTOY_ESTALE, pooltoy_task_cancel(&told[0].task));
	CU_ASSERT_EQUAL(scene.troupe.calls, 3);
	CU_ASSERT_EQUAL(status_of(scene.pool).tasks_cancelled, 1);
	scene_end(&scene);
}

SUITE(TEST(a_task_is_run_and_its_reply_told), TEST(requests_of_all_sizes_arrive_whole_and_aligned),
      TEST(a_handlers_error_is_the_tasks_and_the_worker_lives_on),
      TEST(a_task_whose_outcome_nobody_asks_for_is_run),
      TEST(a_worker_that_dies_in_a_task_tells_why_and_the_next_runs_the_rest),
      TEST(a_worker_that_a_task_breaks_after_a_lease_is_replaced_at_once),
      TEST(tasks_begin_in_the_order_in_which_they_came),
      TEST(tasks_run_side_by_side_on_all_workers),
      TEST(clients_and_tasks_that_wait_are_served_in_the_order_in_which_they_came),
      TEST(a_client_is_served_soon_however_many_tasks_keep_coming),
      TEST(a_full_queue_refuses_and_takes_again_when_there_is_room),
      TEST(what_cannot_be_submitted_is_refused_with_a_story),
      TEST(a_cancelled_task_never_runs_and_one_that_runs_is_not_cancelled))
