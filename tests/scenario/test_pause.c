/* SPDX-License-Identifier: MIT */
/* test_pause.c: a paused pool grants nobody a worker, loses nothing, and goes on where it was. */
#include "completions.h"

static void paused_grants_nobody_and_resumed_serves_who_waited(void)
{
	static const enum pooltoy_strategy strategies[] = { POOLTOY_AFFINE, POOLTOY_LIFO,
							    POOLTOY_FIFO };

	for (int i = 0; i < 3; i++) {
		struct scene scene;
		struct pooltoy_lease lease;
		struct customer customers[3] = { 0 };
		int tag;

		scene_open(&scene, POOLTOY_POOL_SPEC(.size = 2, .strategy = strategies[i]));
		lease = check_out(&scene); /* so that this thread has a worker that it used last */
		EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
		EXPECT(POOLTOY_OK, pooltoy_pool_pause(scene.pool));
		EXPECT(POOLTOY_EPAUSED, pooltoy_checkout(scene.pool, 0, &lease));
		EXPECT_STORY("pool \"poolio\"", "checkout", "paused");
		EXPECT(POOLTOY_EPAUSED, start_checkout(&scene, 0, NULL, NULL));
		EXPECT(POOLTOY_ETIMEDOUT, pooltoy_checkout(scene.pool, 1, &lease));
		CU_ASSERT_EQUAL(status_of(scene.pool).state, POOLTOY_POOL_PAUSED);
		CU_ASSERT_EQUAL(status_of(scene.pool).withheld, 2);
		CU_ASSERT_EQUAL(status_of(scene.pool).idle, 0);
		MUST(start_checkout(&scene, SOON, &tag, NULL));
		for (int c = 0; c < 3; c++) {
			customers[c].act = customer_checks_in;
			customer_come(&customers[c], scene.pool, SOON);
		}
		AWAIT(status_of(scene.pool).waiting == 4);
		expect_none(&scene);
		EXPECT(POOLTOY_OK, pooltoy_pool_resume(scene.pool));
		lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &tag, 0);
		EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
		for (int c = 0; c < 3; c++) {
			MUST(customer_await(&customers[c]));
			customer_go(&customers[c], JUST_RETURN);
			CU_ASSERT_EQUAL(customers[c].refusal, POOLTOY_OK);
		}
		await_idle(scene.pool, 2);
		CU_ASSERT_EQUAL(status_of(scene.pool).state, POOLTOY_POOL_READY);
		CU_ASSERT_EQUAL(status_of(scene.pool).withheld, 0);
		scene_close(&scene);
	}
}

static void a_lease_goes_on_in_a_pause_and_is_the_last(void)
{
	struct scene scene;
	struct pooltoy_lease lease, other;
	int answer;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	EXPECT(POOLTOY_OK, pooltoy_pool_pause(scene.pool));
	EXPECT(POOLTOY_OK, tell(&lease, (struct order){ DOUBLE, 21, NULL }, &answer, SOON));
	CU_ASSERT_EQUAL(answer, 42);
	other = lease;
	EXPECT(POOLTOY_OK, pooltoy_lease_adopt(NULL, &lease));
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&other));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	CU_ASSERT_EQUAL(status_of(scene.pool).withheld, 1);
	EXPECT(POOLTOY_EPAUSED, pooltoy_checkout(scene.pool, 0, &lease));
	EXPECT(POOLTOY_OK, pooltoy_pool_resume(scene.pool));
	expect_service(scene.pool);
	scene_close(&scene);
}

/* Who dies with a lease, and whose worker has to be reset. */
static void a_worker_that_is_reset_in_a_pause_is_withheld_too(void)
{
	struct scene scene;
	struct customer customer = { 0 };

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	customer_come(&customer, scene.pool, SOON);
	MUST(customer_await(&customer));
	EXPECT(POOLTOY_OK, pooltoy_pool_pause(scene.pool));
	customer_go(&customer, JUST_RETURN);
	AWAIT(status_of(scene.pool).withheld == 1);
	CU_ASSERT_EQUAL(scene.troupe.resets, 1);
	EXPECT(POOLTOY_OK, pooltoy_pool_resume(scene.pool));
	expect_service(scene.pool);
	scene_close(&scene);
}

static void tasks_wait_for_the_end_of_a_pause(void)
{
	struct scene scene;
	struct order order = { DOUBLE, 21, NULL };
	const struct pooltoy_completion *told;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 2, .max_overflow = 2));
	EXPECT(POOLTOY_OK, pooltoy_pool_pause(scene.pool));
	for (int i = 0; i < 3; i++)
		MUST(pooltoy_submit_start(scene.queue, scene.pool, &order, sizeof order, NULL,
					  NULL));
	CU_ASSERT_EQUAL(status_of(scene.pool).tasks_waiting, 3);
	EXPECT(POOLTOY_OK, pooltoy_pool_pause(scene.pool)); /* again: nothing changes */
	expect_none(&scene);
	EXPECT(POOLTOY_OK, pooltoy_pool_resume(scene.pool));
	for (int i = 0; i < 3; i++) {
		told = next_completion(&scene);
		CU_ASSERT_FATAL(told != NULL);
		CU_ASSERT_EQUAL(told->code, 0);
		CU_ASSERT_EQUAL(answer_of(told), 42);
		pooltoy_completion_release(told);
	}
	scene_close(&scene);
}

static void a_pause_outlives_its_workers_and_its_manager(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 2));
	EXPECT(POOLTOY_OK, pooltoy_pool_pause(scene.pool));
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(scene.pool, 0));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_STARTED, 3);
	AWAIT(status_of(scene.pool).withheld == 2);
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED, 1);
	AWAIT(status_of(scene.pool).withheld == 2);
	CU_ASSERT_EQUAL(status_of(scene.pool).state, POOLTOY_POOL_PAUSED);
	EXPECT(POOLTOY_EPAUSED, pooltoy_checkout(scene.pool, 0, &lease));
	EXPECT(POOLTOY_OK, pooltoy_pool_resume(scene.pool));
	expect_service(scene.pool);
	scene_close(&scene);
}

static int withheld_nodes(const struct pooltoy_node *node, void *count)
{
	*(int *)count +=
		node->type == POOLTOY_NODE_WORKER && node->state == POOLTOY_WORKER_WITHHELD;
	return 0;
}

static void pauses_are_told_and_shown(void)
{
	struct scene scene;
	int count = 0;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 2));
	EXPECT(POOLTOY_OK, pooltoy_pool_resume(scene.pool)); /* it is not paused: nothing to tell */
	EXPECT(POOLTOY_OK, pooltoy_pool_pause(scene.pool));
	EXPECT(POOLTOY_OK, pooltoy_pool_pause(scene.pool));
	EXPECT(POOLTOY_OK, pooltoy_walk(scene.stage.supervisor, withheld_nodes, &count));
	CU_ASSERT_EQUAL(count, 2);
	CU_ASSERT_STRING_EQUAL(pooltoy_worker_state_name(POOLTOY_WORKER_WITHHELD), "withheld");
	CU_ASSERT_STRING_EQUAL(pooltoy_pool_state_name(POOLTOY_POOL_PAUSED), "paused");
	EXPECT(POOLTOY_OK, pooltoy_pool_resume(scene.pool));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_PAUSED, 1);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RESUMED, 1);
	CU_ASSERT_EQUAL(events(&scene.stage, "poolio", POOLTOY_EVENT_POOL_PAUSED), 1);
	CU_ASSERT_EQUAL(events(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RESUMED), 1);
	scene_close(&scene);
}

static void a_stopped_pool_is_neither_paused_nor_resumed(void)
{
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_pause(NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_resume(NULL));
	EXPECT(POOLTOY_OK, pooltoy_pool_pause(scene.pool));
	EXPECT(POOLTOY_OK, pooltoy_stop_pool(scene.pool, SOON));
	EXPECT(POOLTOY_ESTOPPED, pooltoy_pool_pause(scene.pool));
	EXPECT(POOLTOY_ESTOPPED, pooltoy_pool_resume(scene.pool));
	scene_close(&scene);
}

SUITE(TEST(paused_grants_nobody_and_resumed_serves_who_waited),
      TEST(a_lease_goes_on_in_a_pause_and_is_the_last),
      TEST(a_worker_that_is_reset_in_a_pause_is_withheld_too),
      TEST(tasks_wait_for_the_end_of_a_pause), TEST(a_pause_outlives_its_workers_and_its_manager),
      TEST(pauses_are_told_and_shown), TEST(a_stopped_pool_is_neither_paused_nor_resumed))
