/* SPDX-License-Identifier: MIT */
/* test_drain.c: pools that come to rest, for a while or for good. */
#include "completions.h"

/* A thread that waits for a pool's rest, or for its end. */
struct waits {
	struct pooltoy_pool *pool;
	enum pooltoy_stop_mode mode; /* 0: a drain */
	int timeout_ms, code;
	char story[256];
	pthread_t thread;
};

static void *wait_for_rest(void *argument)
{
	struct waits *waits = argument;

	waits->code = waits->mode
			      ? pooltoy_stop_pool_with(waits->pool, waits->mode, waits->timeout_ms)
			      : pooltoy_pool_drain(waits->pool, waits->timeout_ms);
	snprintf(waits->story, sizeof waits->story, "%s", pooltoy_last_error());
	return NULL;
}

static void begin_to_wait(struct waits *waits, struct scene *scene, enum pooltoy_stop_mode mode)
{
	waits->pool = scene->pool;
	waits->mode = mode;
	waits->timeout_ms = mode ? SOON : -1;
	waits->thread = begin(wait_for_rest, waits);
	AWAIT(status_of(scene->pool).state == (mode ? POOLTOY_POOL_DRAINING : POOLTOY_POOL_PAUSED));
}

static int submit(struct scene *scene, enum verb verb, struct gate *gate)
{
	struct order order = { verb, 21, gate };

	return pooltoy_submit_start(scene->queue, scene->pool, &order, sizeof order, NULL, NULL);
}

static void expect_answer(struct scene *scene)
{
	const struct pooltoy_completion *told = next_completion(scene);

	CU_ASSERT_FATAL(told != NULL);
	CU_ASSERT_EQUAL(told->code, 0);
	CU_ASSERT_EQUAL(answer_of(told), 42);
	pooltoy_completion_release(told);
}

static void a_drain_waits_for_the_last_lease(void)
{
	struct scene scene;
	struct waits waits = { 0 };
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 2));
	lease = check_out(&scene);
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_pool_drain(scene.pool, 1));
	EXPECT_STORY("pool \"poolio\"", "drain: timed out", "1 of its workers");
	CU_ASSERT_EQUAL(status_of(scene.pool).state, POOLTOY_POOL_PAUSED);
	begin_to_wait(&waits, &scene, 0);
	CU_ASSERT_EQUAL(events(&scene.stage, "poolio", POOLTOY_EVENT_POOL_DRAINED), 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	finish(waits.thread);
	CU_ASSERT_EQUAL(waits.code, POOLTOY_OK);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_DRAINED, 1);
	EXPECT(POOLTOY_OK, pooltoy_pool_drain(scene.pool, 0));
	EXPECT(POOLTOY_EPAUSED, pooltoy_checkout(scene.pool, 0, &lease));
	EXPECT(POOLTOY_OK, pooltoy_pool_resume(scene.pool));
	expect_service(scene.pool);
	scene_close(&scene);
}

static void a_drain_waits_for_the_task_that_runs_and_for_no_other(void)
{
	struct scene scene;
	struct waits waits = { 0 };

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	MUST(submit(&scene, HOLD, &scene.gate));
	gate_await(&scene.gate);
	MUST(submit(&scene, DOUBLE, NULL));
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_pool_drain(scene.pool, 0));
	begin_to_wait(&waits, &scene, 0);
	gate_open(&scene.gate);
	finish(waits.thread);
	CU_ASSERT_EQUAL(waits.code, POOLTOY_OK);
	expect_answer(&scene);
	expect_none(&scene);
	CU_ASSERT_EQUAL(status_of(scene.pool).tasks_waiting, 1);
	EXPECT(POOLTOY_OK, pooltoy_pool_resume(scene.pool));
	expect_answer(&scene);
	scene_close(&scene);
}

static void a_drain_waits_for_a_worker_that_ends(void)
{
	struct scene scene;
	struct waits waits = { 0 };
	struct pooltoy_lease lease;
	struct gate gate;

	gate_init(&gate);
	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	scene.troupe.terminate_gate = &gate;
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(scene.pool, 0));
	gate_await(&gate);
	begin_to_wait(&waits, &scene, 0);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	scene.troupe.terminate_gate = NULL;
	gate_open(&gate);
	finish(waits.thread);
	CU_ASSERT_EQUAL(waits.code, POOLTOY_OK);
	EXPECT(POOLTOY_OK, pooltoy_pool_resume(scene.pool));
	scene_close(&scene);
	gate_destroy(&gate);
}

static void a_drain_is_called_off_by_a_resume(void)
{
	struct scene scene;
	struct waits waits = { 0 };
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	begin_to_wait(&waits, &scene, 0);
	EXPECT(POOLTOY_OK, pooltoy_pool_resume(scene.pool));
	finish(waits.thread);
	CU_ASSERT_EQUAL(waits.code, POOLTOY_ECANCELLED);
	CU_ASSERT_PTR_NOT_NULL(strstr(waits.story, "resumed"));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void a_drain_ends_with_its_pool(void)
{
	struct scene scene;
	struct waits waits = { 0 };

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	check_out(&scene);
	begin_to_wait(&waits, &scene, 0);
	EXPECT(POOLTOY_OK, pooltoy_stop_pool(scene.pool, SOON));
	finish(waits.thread);
	CU_ASSERT_EQUAL(waits.code, POOLTOY_ESTOPPED);
	EXPECT(POOLTOY_ESTOPPED, pooltoy_pool_drain(scene.pool, 0));
	scene_close(&scene);
}

static void who_would_wait_for_itself_is_told_so(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_drain(NULL, 0));
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	EXPECT(POOLTOY_EDEADLK, pooltoy_pool_drain(scene.pool, -1));
	CU_ASSERT_EQUAL(status_of(scene.pool).state, POOLTOY_POOL_FULL);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void a_stop_that_drains_lets_leases_and_tasks_end(void)
{
	struct scene scene;
	struct waits waits = { 0 };
	struct customer customer = { 0 };
	struct pooltoy_lease lease;
	struct pooltoy_pool *found;
	int answer;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	MUST(submit(&scene, DOUBLE, NULL));
	MUST(submit(&scene, DOUBLE, NULL));
	customer_come(&customer, scene.pool, -1);
	AWAIT(status_of(scene.pool).waiting == 1);
	begin_to_wait(&waits, &scene, POOLTOY_STOP_DRAIN);
	CU_ASSERT_EQUAL(customer_await(&customer), POOLTOY_ESTOPPED);
	customer_go(&customer, CHECKIN);
	EXPECT(POOLTOY_ESTOPPED, pooltoy_stop_pool(scene.pool, SOON));
	EXPECT(POOLTOY_ESTOPPED, pooltoy_pool_resume(scene.pool));
	EXPECT(POOLTOY_ESTOPPED, submit(&scene, DOUBLE, NULL));
	EXPECT(POOLTOY_ENOENT, pooltoy_find_pool(scene.stage.supervisor, "poolio", &found));
	EXPECT(POOLTOY_OK, tell(&lease, (struct order){ DOUBLE, 21, NULL }, &answer, SOON));
	CU_ASSERT_EQUAL(answer, 42);
	expect_none(&scene);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	expect_answer(&scene);
	expect_answer(&scene);
	finish(waits.thread);
	CU_ASSERT_EQUAL(waits.code, POOLTOY_OK);
	CU_ASSERT_EQUAL(status_of(scene.pool).state, POOLTOY_POOL_STOPPED);
	CU_ASSERT_EQUAL(scene.troupe.interrupts, 0);
	scene_close(&scene);
}

/* All idle, since it is paused. */
static void a_stop_that_drains_a_paused_pool_runs_its_tasks(void)
{
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 2));
	EXPECT(POOLTOY_OK, pooltoy_pool_pause(scene.pool));
	MUST(submit(&scene, DOUBLE, NULL));
	MUST(submit(&scene, DOUBLE, NULL));
	EXPECT(POOLTOY_OK, pooltoy_stop_pool_with(scene.pool, POOLTOY_STOP_DRAIN, SOON));
	expect_answer(&scene);
	expect_answer(&scene);
	scene_close(&scene);
}

static void a_stop_drains_no_longer_than_its_timeout(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	MUST(submit(&scene, DOUBLE, NULL));
	EXPECT(POOLTOY_OK, pooltoy_stop_pool_with(scene.pool, POOLTOY_STOP_DRAIN, 1));
	expect(&scene, POOLTOY_COMPLETION_TASK, NULL, POOLTOY_ESTOPPED);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void a_stop_that_drains_is_hastened_by_its_supervisors(void)
{
	struct scene scene;
	struct waits waits = { 0 };

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	check_out(&scene);
	begin_to_wait(&waits, &scene, POOLTOY_STOP_DRAIN);
	EXPECT(POOLTOY_OK, pooltoy_supervisor_stop(scene.stage.supervisor, 1));
	scene.stage.supervisor = NULL;
	finish(waits.thread);
	CU_ASSERT_EQUAL(waits.code, POOLTOY_OK);
	scene_close(&scene);
}

static void a_stop_now_interrupts_at_once(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	struct pooltoy_pending pending;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	start_held_call(&scene, &lease, -1, &pending);
	gate_await(&scene.gate);
	EXPECT(POOLTOY_EINVAL, pooltoy_stop_pool_with(scene.pool, (enum pooltoy_stop_mode)9, 0));
	EXPECT(POOLTOY_OK, pooltoy_stop_pool_with(scene.pool, POOLTOY_STOP_NOW, -1));
	expect_interrupts(&scene.troupe, 1);
	EXPECT(POOLTOY_ESTOPPED, pooltoy_stop_pool_with(scene.pool, POOLTOY_STOP_DRAIN, 0));
	EXPECT(POOLTOY_ESTOPPED, pooltoy_stop_pool_with(scene.pool, POOLTOY_STOP_INTERRUPT, 0));
	scene_close(&scene);
}

SUITE(TEST(a_drain_waits_for_the_last_lease),
      TEST(a_drain_waits_for_the_task_that_runs_and_for_no_other),
      TEST(a_drain_waits_for_a_worker_that_ends), TEST(a_drain_is_called_off_by_a_resume),
      TEST(a_drain_ends_with_its_pool), TEST(who_would_wait_for_itself_is_told_so),
      TEST(a_stop_that_drains_lets_leases_and_tasks_end),
      TEST(a_stop_that_drains_a_paused_pool_runs_its_tasks),
      TEST(a_stop_drains_no_longer_than_its_timeout),
      TEST(a_stop_that_drains_is_hastened_by_its_supervisors), TEST(a_stop_now_interrupts_at_once))
