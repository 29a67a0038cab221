/* SPDX-License-Identifier: MIT */
/* test_resize.c: a pool gets more workers, and less, while it is in use. */
#include "completions.h"

#include <string.h>

static void resize(struct scene *scene, int size, int max_overflow)
{
	unsigned before = events(&scene->stage, "poolio", POOLTOY_EVENT_POOL_RESIZED);

	MUST(pooltoy_pool_resize(scene->pool, size, max_overflow));
	await_event(&scene->stage, "poolio", POOLTOY_EVENT_POOL_RESIZED, before + 1);
}

static int alive(struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status status = status_of(pool);

	return status.idle + status.leased + status.resetting + status.starting + status.stopping;
}

static void expect_good(const struct pooltoy_lease *lease)
{
	int answer = 0;

	EXPECT(POOLTOY_OK, tell(lease, (struct order){ DOUBLE, 21, NULL }, &answer, SOON));
	CU_ASSERT_EQUAL(answer, 42);
}

static void more_workers_start_while_others_are_in_use(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	const struct recorded *told;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	resize(&scene, 3, 1);
	await_idle(scene.pool, 2);
	CU_ASSERT_EQUAL(status_of(scene.pool).size, 3);
	CU_ASSERT_EQUAL(status_of(scene.pool).max_overflow, 1);
	CU_ASSERT_EQUAL(status_of(scene.pool).resizes, 1);
	told = await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RESIZED, 1);
	CU_ASSERT(told && strstr(told->reason, "from size 1 and max_overflow 0 to 3 and 1"));
	CU_ASSERT(told && told->severity == POOLTOY_INFO);
	expect_good(&lease);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	await_idle(scene.pool, 3);
	scene_close(&scene);
}

static void idle_workers_that_are_too_many_go_at_once(void)
{
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 4));
	MUST(pooltoy_pool_resize(scene.pool, 1, 0));
	AWAIT(alive(scene.pool) == 1 && status_of(scene.pool).idle == 1);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_STOPPED, 3);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 3);
	CU_ASSERT_EQUAL(scene.troupe.reason, 0); /* dismissed, not crashed */
	CU_ASSERT_EQUAL(status_of(scene.pool).worker_deaths, 0);
	expect_service(scene.pool);
	scene_close(&scene);
}

static void a_leased_worker_goes_as_it_comes_back_and_not_before(void)
{
	struct scene scene;
	struct pooltoy_lease leases[2];

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 2));
	for (int i = 0; i < 2; i++)
		leases[i] = check_out(&scene);
	resize(&scene, 1, 0);
	for (int i = 0; i < 2; i++)
		expect_good(&leases[i]);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[0]));
	AWAIT(alive(scene.pool) == 1);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 1);
	expect_good(&leases[1]);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[1]));
	await_idle(scene.pool, 1);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 1);
	scene_close(&scene);
}

static void a_pool_shrinks_though_clients_wait(void)
{
	struct scene scene;
	struct pooltoy_lease leases[2];
	struct customer customer = { 0 };

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_overflow = 1, .starvation_us = 1));
	for (int i = 0; i < 2; i++)
		leases[i] = check_out(&scene);
	customer_come(&customer, scene.pool, SOON);
	AWAIT(status_of(scene.pool).waiting == 1);
	resize(&scene, 1, 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[0]));
	AWAIT(alive(scene.pool) == 1);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 1);
	CU_ASSERT_FALSE(customer_is_served(&customer));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[1]));
	EXPECT(POOLTOY_OK, customer_await(&customer));
	customer_go(&customer, CHECKIN);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 1);
	scene_close(&scene);
}

static void count_done(const struct pooltoy_outcome *outcome, void *argument)
{
	CU_ASSERT_EQUAL(outcome->code, POOLTOY_OK);
	tokens_put(argument);
}

static void a_pool_shrinks_though_tasks_wait(void)
{
	enum { TASKS = 6 };
	SHARED static struct tokens done;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 2));
	tokens_init(&done);
	for (int i = 0; i < TASKS; i++) {
		struct order order = { HOLD_DEAF, i, &scene.gate };

		MUST(pooltoy_submit(scene.pool, &order, sizeof order, count_done, &done, NULL));
	}
	for (int i = 0; i < 2; i++)
		gate_await(&scene.gate);
	resize(&scene, 1, 0);
	/* The two that run go on to their ends; one of their workers goes then, for all the tasks that wait. */
	gate_open(&scene.gate);
	AWAIT(alive(scene.pool) == 1);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 1);
	CU_ASSERT(status_of(scene.pool).tasks_waiting > 0);
	for (int i = 1; i < TASKS; i++)
		gate_open(&scene.gate);
	for (int i = 0; i < TASKS; i++)
		CU_ASSERT(tokens_take_soon(&done));
	tokens_destroy(&done);
	scene_close(&scene);
}

static void who_waits_is_served_by_a_worker_more(void)
{
	for (int more = 0; more < 2; more++) {
		struct scene scene;
		struct pooltoy_lease lease;
		struct customer customer = { 0 };

		scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
		lease = check_out(&scene);
		customer_come(&customer, scene.pool, SOON);
		AWAIT(status_of(scene.pool).waiting == 1);
		MUST(pooltoy_pool_resize(scene.pool, 1 + more, 1 - more));
		EXPECT(POOLTOY_OK, customer_await(&customer));
		customer_go(&customer, CHECKIN);
		EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
		await_idle(scene.pool, 1 + more);
		scene_close(&scene);
	}
}

static void a_pool_grows_beyond_all_that_it_began_with(void)
{
	enum { MANY = 60, ROUNDS = 2 };
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	for (int i = 0; i < ROUNDS; i++) {
		MUST(pooltoy_pool_resize(scene.pool, MANY, 0));
		await_idle(scene.pool, MANY);
		expect_service(scene.pool);
		MUST(pooltoy_pool_resize(scene.pool, 1, 0));
		AWAIT(alive(scene.pool) == 1 && status_of(scene.pool).idle == 1);
	}
	CU_ASSERT_EQUAL(scene.troupe.most_on_stage, MANY);
	scene_close(&scene);
}

static void a_resize_outlives_the_manager_and_its_failure(void)
{
	struct scene scene;

	scene_open(&scene,
		   POOLTOY_POOL_SPEC(.size = 1, .max_restarts = 1, .give_up_after = POOLTOY_NONE));
	resize(&scene, 3, 0);
	await_idle(scene.pool, 3);
	MUST(pooltoy_kill_manager(scene.pool));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED, 1);
	await_idle(scene.pool, 3);
	MUST(pooltoy_kill_manager(scene.pool));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_FAILED, 1);
	MUST(pooltoy_pool_resize(scene.pool, 2, 0)); /* there is nobody to be told now */
	MUST(pooltoy_pool_revive(scene.pool));
	AWAIT(status_of(scene.pool).idle == 2 && alive(scene.pool) == 2);
	expect_service(scene.pool);
	scene_close(&scene);
}

static void a_client_that_has_all_that_are_left_does_not_wait_for_ever(void)
{
	struct scene scene;
	struct pooltoy_lease leases[2], more;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 3));
	for (int i = 0; i < 2; i++)
		MUST(pooltoy_checkout(scene.pool, SOON, &leases[i]));
	resize(&scene, 2, 0);
	AWAIT(alive(scene.pool) == 2);
	EXPECT(POOLTOY_EDEADLK, pooltoy_checkout(scene.pool, -1, &more));
	resize(&scene, 3, 0);
	EXPECT(POOLTOY_OK, pooltoy_checkout(scene.pool, -1, &more));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&more));
	for (int i = 0; i < 2; i++)
		EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[i]));
	scene_close(&scene);
}

static void what_cannot_be_is_refused_and_changes_nothing(void)
{
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 2, .max_workers = 5));
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_resize(NULL, 1, 1));
	EXPECT_STORY("resize", "pool is NULL");
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_resize(scene.pool, -1, 1));
	EXPECT_STORY("pool \"poolio\"", "resize", "size is -1");
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_resize(scene.pool, 1, -2));
	EXPECT_STORY("pool \"poolio\"", "max_overflow is -2");
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_resize(scene.pool, 0, 0));
	EXPECT_STORY("pool \"poolio\"", "no workers at all");
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_resize(scene.pool, 4, 2));
	EXPECT_STORY("pool \"poolio\"", "size 4 and max_overflow 2", "max_workers, 5");
	CU_ASSERT_EQUAL(status_of(scene.pool).size, 2);
	EXPECT(POOLTOY_OK, pooltoy_pool_resize(scene.pool, 4, 1));
	await_idle(scene.pool, 4);
	EXPECT(POOLTOY_OK, pooltoy_pool_resize(scene.pool, 4, 1)); /* as it is: nothing to tell */
	EXPECT(POOLTOY_OK, pooltoy_stop_pool(scene.pool, SOON));
	EXPECT(POOLTOY_ESTOPPED, pooltoy_pool_resize(scene.pool, 1, 1));
	EXPECT_STORY("pool \"poolio\"", "stopped");
	/* The last of its events. */
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_STOPPED, 1);
	CU_ASSERT_EQUAL(events(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RESIZED), 1);
	CU_ASSERT_EQUAL(status_of(scene.pool).resizes, 1);
	scene_close(&scene);
}

SUITE(TEST(more_workers_start_while_others_are_in_use),
      TEST(idle_workers_that_are_too_many_go_at_once),
      TEST(a_leased_worker_goes_as_it_comes_back_and_not_before),
      TEST(a_pool_shrinks_though_clients_wait), TEST(a_pool_shrinks_though_tasks_wait),
      TEST(who_waits_is_served_by_a_worker_more), TEST(a_pool_grows_beyond_all_that_it_began_with),
      TEST(a_resize_outlives_the_manager_and_its_failure),
      TEST(a_client_that_has_all_that_are_left_does_not_wait_for_ever),
      TEST(what_cannot_be_is_refused_and_changes_nothing))
