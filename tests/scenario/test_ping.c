/* SPDX-License-Identifier: MIT */
/* test_ping.c: idle workers that look now and then whether they are still good. */
#include "completions.h"

#include <string.h>

static void use(struct scene *scene)
{
	struct pooltoy_lease lease;
	int answer = 0;

	MUST(pooltoy_checkout(scene->pool, SOON, &lease));
	EXPECT(POOLTOY_OK, tell(&lease, (struct order){ DOUBLE, 21, NULL }, &answer, SOON));
	CU_ASSERT_EQUAL(answer, 42);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
}

static void idle_workers_are_pinged_and_clients_do_not_notice(void)
{
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 2, .ping_interval = 1));
	AWAIT(scene.troupe.pings >= 6);
	for (int i = 0; i < 50; i++)
		use(&scene);
	AWAIT(scene.troupe.pings >= 12);
	CU_ASSERT(status_of(scene.pool).pings >= 6);
	CU_ASSERT_EQUAL(status_of(scene.pool).ping_failures, 0);
	CU_ASSERT_EQUAL(status_of(scene.pool).worker_deaths, 0);
	CU_ASSERT_EQUAL(scene.troupe.inits, 2);
	CU_ASSERT_EQUAL(scene.troupe.resets, 0);
	scene_close(&scene);
}

static void a_worker_whose_ping_fails_is_replaced(void)
{
	struct scene scene;
	const struct recorded *death;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .ping_interval = 1, .backoff_min = 1));
	scene.troupe.failing_pings = 1;
	death = await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_DIED, 1);
	CU_ASSERT(death && strstr(death->reason, "no pulse"));
	use(&scene);
	CU_ASSERT_EQUAL(scene.troupe.inits, 2);
	CU_ASSERT_EQUAL(status_of(scene.pool).ping_failures, 1);
	CU_ASSERT_EQUAL(status_of(scene.pool).worker_deaths, 1);
	scene_close(&scene);
}

static void a_ping_that_takes_too_long_is_interrupted_and_its_worker_replaced(void)
{
	struct scene scene;
	const struct recorded *death;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .ping_interval = 1, .ping_timeout = 1,
					     .backoff_min = 1, .grace = SOON));
	scene.troupe.ping_gate = &scene.gate;
	gate_await(&scene.gate);
	scene.troupe.ping_gate = NULL;
	death = await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_DIED, 1);
	CU_ASSERT(death && strstr(death->reason, "ping took longer than 1 ms"));
	AWAIT(scene.troupe.interrupts >= 1);
	CU_ASSERT(status_of(scene.pool).ping_failures >= 1);
	scene_close(&scene);
}

static void who_comes_during_a_ping_waits_as_for_a_client(void)
{
	struct scene scene;
	struct customer client = { 0 };
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .ping_interval = 1, .ping_timeout = SOON));
	scene.troupe.ping_gate = &scene.gate;
	gate_await(&scene.gate);
	scene.troupe.ping_gate = NULL;
	EXPECT(POOLTOY_EFULL, pooltoy_checkout(scene.pool, 0, &lease));
	customer_come(&client, scene.pool, SOON);
	AWAIT(status_of(scene.pool).waiting == 1);
	gate_open(&scene.gate);
	MUST(customer_await(&client));
	customer_go(&client, CHECKIN);
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	scene_close(&scene);
}

/* A puppet in which two met would know. */
static void a_worker_that_is_leased_is_not_pinged(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	int before;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 2, .ping_interval = 1));
	lease = check_out(&scene);
	start_held_call(&scene, &lease, SOON, NULL);
	gate_await(&scene.gate);
	before = scene.troupe.pings;
	AWAIT(scene.troupe.pings >= before + 5); /* of the other */
	gate_open(&scene.gate);
	expect(&scene, POOLTOY_COMPLETION_CALL, &scene, POOLTOY_OK);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void tasks_and_pings_take_turns(void)
{
	struct scene scene;
	struct order order = { DOUBLE, 21, NULL };

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .ping_interval = 1));
	for (int i = 0; i < 50; i++) {
		MUST(pooltoy_submit_start(scene.queue, scene.pool, &order, sizeof order, NULL,
					  NULL));
		expect(&scene, POOLTOY_COMPLETION_TASK, NULL, POOLTOY_OK);
	}
	AWAIT(scene.troupe.pings >= 3);
	CU_ASSERT_EQUAL(status_of(scene.pool).tasks_run, 50);
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	scene_close(&scene);
}

/* Nobody waits for anything: it is time that passes, by the coarse clock's ticks, too. */
static void let_idle(void)
{
	uint64_t begun = now_ms();

	while (now_ms() < begun + 25)
		breathe();
}

static void nobody_gets_a_worker_that_broke_while_it_was_idle(void)
{
	struct scene scene;
	struct order order = { DOUBLE, 21, NULL };

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 2, .validate_after = 1, .backoff_min = 1));
	let_idle();
	scene.troupe.failing_pings = 2;
	use(&scene);
	AWAIT(status_of(scene.pool).ping_failures == 2 && status_of(scene.pool).idle == 2);
	let_idle();
	scene.troupe.failing_pings = 2;
	MUST(pooltoy_submit_start(scene.queue, scene.pool, &order, sizeof order, NULL, NULL));
	expect(&scene, POOLTOY_COMPLETION_TASK, NULL, POOLTOY_OK);
	AWAIT(status_of(scene.pool).ping_failures >= 3 && status_of(scene.pool).idle == 2);
	scene.troupe.failing_pings = 0;
	CU_ASSERT_EQUAL(status_of(scene.pool).start_failures, 0);
	scene_close(&scene);
}

static void a_started_checkout_is_given_a_worker_that_was_pinged(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .validate_after = 1, .backoff_min = 1));
	let_idle();
	scene.troupe.failing_pings = 1;
	lease = check_out(&scene);
	CU_ASSERT_EQUAL(scene.troupe.inits, 2);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void a_worker_that_was_used_just_now_is_not_pinged(void)
{
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 2, .validate_after = SOON));
	for (int i = 0; i < 50; i++)
		use(&scene);
	CU_ASSERT_EQUAL(scene.troupe.pings, 0);
	scene_close(&scene);
}

static void a_validation_that_takes_too_long_is_none(void)
{
	struct scene scene;
	struct customer client = { 0 };

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .validate_after = 1, .ping_timeout = 1,
					     .backoff_min = 1, .grace = SOON));
	let_idle();
	scene.troupe.ping_gate = &scene.gate;
	customer_come(&client, scene.pool, SOON);
	gate_await(&scene.gate);
	scene.troupe.ping_gate = NULL;
	MUST(customer_await(&client)); /* with the next one */
	customer_go(&client, CHECKIN);
	CU_ASSERT(scene.troupe.inits >= 2);
	CU_ASSERT(status_of(scene.pool).ping_failures >= 1);
	scene_close(&scene);
}

SUITE(TEST(idle_workers_are_pinged_and_clients_do_not_notice),
      TEST(a_worker_whose_ping_fails_is_replaced),
      TEST(a_ping_that_takes_too_long_is_interrupted_and_its_worker_replaced),
      TEST(who_comes_during_a_ping_waits_as_for_a_client),
      TEST(a_worker_that_is_leased_is_not_pinged), TEST(tasks_and_pings_take_turns),
      TEST(nobody_gets_a_worker_that_broke_while_it_was_idle),
      TEST(a_started_checkout_is_given_a_worker_that_was_pinged),
      TEST(a_worker_that_was_used_just_now_is_not_pinged),
      TEST(a_validation_that_takes_too_long_is_none))
