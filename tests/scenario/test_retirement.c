/* SPDX-License-Identifier: MIT */
/* test_retirement.c: workers that have lived long enough, or were used often enough. */
#include "completions.h"

#include <string.h>

static void use(struct scene *scene, int *answer)
{
	struct pooltoy_lease lease;

	MUST(pooltoy_checkout(scene->pool, SOON, &lease));
	EXPECT(POOLTOY_OK, tell(&lease, (struct order){ DOUBLE, 21, NULL }, answer, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
}

/* No death: nobody was told of one, and nothing backs off. */
static void expect_no_death(struct scene *scene)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;

	EXPECT(POOLTOY_OK, pooltoy_pool_status(scene->pool, &status));
	CU_ASSERT_EQUAL(status.worker_deaths, 0);
	CU_ASSERT_EQUAL(status.start_failures, 0);
	CU_ASSERT_EQUAL(status.restarts, 0);
	CU_ASSERT_STRING_EQUAL(status.last_reason, "");
	CU_ASSERT_EQUAL(events(&scene->stage, "poolio", POOLTOY_EVENT_WORKER_DIED), 0);
}

static void a_worker_is_replaced_after_so_many_uses(void)
{
	struct scene scene;
	const struct recorded *told;
	int answer = 0;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_uses = 2));
	for (int uses = 1; uses <= 10; uses++) {
		use(&scene, &answer);
		CU_ASSERT_EQUAL(answer, 42);
		/* The second of a worker's uses ends with its replacement, which serves the next. */
		await_idle(scene.pool, 1);
		CU_ASSERT_EQUAL(scene.troupe.inits, 1 + uses / 2);
	}
	told = await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_STOPPED, 5);
	CU_ASSERT(told && strstr(told->line, "worker 0 stopped: it was used 2 times"));
	CU_ASSERT_EQUAL(scene.troupe.reason, 0);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 5);
	CU_ASSERT_EQUAL(status_of(scene.pool).retired, 5);
	expect_no_death(&scene);
	scene_close(&scene);
}

static void tasks_are_uses_too(void)
{
	struct scene scene;
	struct order order = { DOUBLE, 21, NULL };

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_uses = 1));
	for (int i = 0; i < 4; i++)
		MUST(pooltoy_submit_start(scene.queue, scene.pool, &order, sizeof order, NULL,
					  NULL));
	for (int i = 0; i < 4; i++)
		expect(&scene, POOLTOY_COMPLETION_TASK, NULL, POOLTOY_OK);
	AWAIT(status_of(scene.pool).retired == 4);
	await_idle(scene.pool, 1);
	CU_ASSERT_EQUAL(scene.troupe.inits, 5);
	expect_no_death(&scene);
	scene_close(&scene);
}

static void a_worker_whose_time_is_over_is_not_taken_from_who_holds_it(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	const struct recorded *told;
	uint64_t begun, retired;
	int answer = 0;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_lifetime = 1,
					     .lifetime_jitter = POOLTOY_NONE));
	lease = check_out(&scene);
	retired = status_of(scene.pool).retired;
	for (begun = now_ms(); now_ms() < begun + 5;) /* its time passes */
		EXPECT(POOLTOY_OK, tell(&lease, (struct order){ DOUBLE, 21, NULL }, &answer, SOON));
	CU_ASSERT_EQUAL(answer, 42);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	AWAIT(status_of(scene.pool).retired > retired);
	told = await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_STOPPED, 1);
	CU_ASSERT(told && strstr(told->reason, "its time was over (1 ms)"));
	expect_no_death(&scene);
	scene_close(&scene);
}

static void idle_workers_are_replaced_when_their_time_is_over(void)
{
	struct scene scene;
	int answer;

	memset(&scene, 0, sizeof scene);
	stage_open(&scene.stage);
	scene.pool =
		start_pool(&scene.stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
							   .argument = &scene.troupe, .size = 2,
							   .max_lifetime = 1));
	AWAIT(status_of(scene.pool).retired >= 3);
	/* Nobody notices. */
	for (int i = 0; i < 50; i++)
		use(&scene, &answer);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_STARTED, 5);
	expect_no_death(&scene);
	pooltoy_pool_release(scene.pool);
	stage_close(&scene.stage);
	CU_ASSERT_EQUAL(scene.troupe.on_stage, 0);
}

static void a_state_in_use_is_given_back_with_the_last_use(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	void *state;

	SKIP_IF_ISOLATED("a child's state cannot be borrowed");
	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_uses = 1));
	lease = check_out(&scene);
	MUST(pooltoy_lease_state(&lease, &state));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	AWAIT(status_of(scene.pool).retired == 1);
	await_idle(scene.pool, 1);
	expect_no_death(&scene);
	scene_close(&scene);
}

static void a_worker_given_back_by_the_end_of_its_client_is_replaced_too(void)
{
	struct scene scene;
	struct customer client = { 0 };

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_uses = 1));
	customer_come(&client, scene.pool, SOON);
	MUST(customer_await(&client));
	customer_go(&client, JUST_RETURN);
	AWAIT(status_of(scene.pool).retired == 1);
	await_idle(scene.pool, 1);
	CU_ASSERT_EQUAL(scene.troupe.inits, 2);
	expect_no_death(&scene);
	scene_close(&scene);
}

SUITE(TEST(a_worker_is_replaced_after_so_many_uses), TEST(tasks_are_uses_too),
      TEST(a_worker_whose_time_is_over_is_not_taken_from_who_holds_it),
      TEST(idle_workers_are_replaced_when_their_time_is_over),
      TEST(a_state_in_use_is_given_back_with_the_last_use),
      TEST(a_worker_given_back_by_the_end_of_its_client_is_replaced_too))
