/* SPDX-License-Identifier: MIT */
/* test_rolling.c: all workers are replaced, a few at a time, and nobody notices. */
#include "completions.h"

static void expect_replaced(struct scene *scene, unsigned times)
{
	const struct recorded *told =
		await_event(&scene->stage, "poolio", POOLTOY_EVENT_WORKERS_REPLACED, times);

	CU_ASSERT(told && told->duration_ns > 0);
	CU_ASSERT_EQUAL(status_of(scene->pool).to_replace, 0);
	AWAIT(status_of(scene->pool).idle == 3);
}

static void each_waits_for_the_successor_of_the_one_before(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	struct gate gate;

	gate_init(&gate);
	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 3));
	scene.troupe.init_gate = &gate;
	EXPECT(POOLTOY_OK, pooltoy_pool_replace_workers(scene.pool, 0));
	for (int left = 2; left >= 0; left--) {
		gate_await(&gate);
		AWAIT(status_of(scene.pool).to_replace == left);
		CU_ASSERT_EQUAL(status_of(scene.pool).idle, 2);
		CU_ASSERT_EQUAL(status_of(scene.pool).starting, 1);
		EXPECT(POOLTOY_OK, pooltoy_checkout(scene.pool, 0, &lease));
		EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
		CU_ASSERT_EQUAL(events(&scene.stage, "poolio", POOLTOY_EVENT_WORKERS_REPLACED), 0);
		if (left == 0)
			scene.troupe.init_gate = NULL;
		gate_open(&gate);
	}
	expect_replaced(&scene, 1);
	CU_ASSERT_EQUAL(scene.troupe.inits, 6);
	CU_ASSERT_EQUAL(status_of(scene.pool).worker_deaths, 0);
	scene_close(&scene);
	gate_destroy(&gate);
}

static void a_lease_is_not_cut_short_and_the_others_do_not_wait_for_it(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	int answer;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 3));
	lease = check_out(&scene);
	EXPECT(POOLTOY_OK, pooltoy_pool_replace_workers(scene.pool, 1));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_STARTED, 5);
	AWAIT(status_of(scene.pool).to_replace == 1);
	EXPECT(POOLTOY_OK, tell(&lease, (struct order){ DOUBLE, 21, NULL }, &answer, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	expect_replaced(&scene, 1);
	CU_ASSERT_EQUAL(scene.troupe.inits, 6);
	EXPECT(POOLTOY_OK, pooltoy_pool_replace_workers(scene.pool, 2));
	expect_replaced(&scene, 2);
	CU_ASSERT_EQUAL(scene.troupe.inits, 9);
	scene_close(&scene);
}

static void successors_that_fail_stop_it_until_one_does_not(void)
{
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 3, .backoff_min = 1, .backoff_max = 1));
	scene.troupe.failing_inits = 1000000;
	EXPECT(POOLTOY_OK, pooltoy_pool_replace_workers(scene.pool, 1));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_START_FAILED, 3);
	CU_ASSERT_EQUAL(status_of(scene.pool).to_replace, 2);
	CU_ASSERT_EQUAL(status_of(scene.pool).idle, 2);
	expect_service(scene.pool);
	scene.troupe.failing_inits = 0;
	expect_replaced(&scene, 1);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 3);
	scene_close(&scene);
}

static void clients_that_come_and_go_meanwhile_are_all_served(void)
{
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 3));
	EXPECT(POOLTOY_OK, pooltoy_pool_replace_workers(scene.pool, 1));
	do {
		struct customer crowd[6] = { 0 };

		for (int i = 0; i < 6; i++) {
			crowd[i].act = customer_checks_in;
			customer_come(&crowd[i], scene.pool, SOON);
		}
		for (int i = 0; i < 6; i++) {
			CU_ASSERT_EQUAL(customer_await(&crowd[i]), POOLTOY_OK);
			customer_go(&crowd[i], JUST_RETURN);
			CU_ASSERT_EQUAL(crowd[i].refusal, POOLTOY_OK);
		}
	} while (events(&scene.stage, "poolio", POOLTOY_EVENT_WORKERS_REPLACED) == 0);
	expect_replaced(&scene, 1);
	scene_close(&scene);
}

static void a_restart_replaces_them_all(void)
{
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 3));
	check_out(&scene);
	EXPECT(POOLTOY_OK, pooltoy_pool_replace_workers(scene.pool, 1));
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
	expect_replaced(&scene, 1);
	scene_close(&scene);
}

static void those_that_are_not_kept_are_not_waited_for(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 3));
	EXPECT(POOLTOY_OK, pooltoy_pool_resize(scene.pool, 1, 0));
	AWAIT(status_of(scene.pool).idle == 1);
	EXPECT(POOLTOY_OK, pooltoy_pool_replace_workers(scene.pool, 1));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKERS_REPLACED, 1);
	scene_close(&scene);

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 3, .lazy = 1, .worker = &doubler));
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	EXPECT(POOLTOY_OK, pooltoy_pool_replace_workers(scene.pool, 1));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKERS_REPLACED, 1);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_STARTED, 2);
	scene_end(&scene);
}

static void it_is_refused_with_a_reason(void)
{
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_replace_workers(NULL, 0));
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_replace_workers(scene.pool, -1));
	EXPECT_STORY("pool \"poolio\"", "-1 at once");
	EXPECT(POOLTOY_OK, pooltoy_stop_pool(scene.pool, SOON));
	EXPECT(POOLTOY_ESTOPPED, pooltoy_pool_replace_workers(scene.pool, 0));
	scene_close(&scene);
}

SUITE(TEST(each_waits_for_the_successor_of_the_one_before),
      TEST(a_lease_is_not_cut_short_and_the_others_do_not_wait_for_it),
      TEST(successors_that_fail_stop_it_until_one_does_not),
      TEST(clients_that_come_and_go_meanwhile_are_all_served), TEST(a_restart_replaces_them_all),
      TEST(those_that_are_not_kept_are_not_waited_for), TEST(it_is_refused_with_a_reason))
