/* SPDX-License-Identifier: MIT */
/* test_elasticity.c: workers that come as they are wanted, and go as they are idle. */
#include "completions.h"

#include <limits.h>
#include <string.h>

enum { CROWD = 3 };

static int alive(struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status status = status_of(pool);

	return status.idle + status.leased + status.resetting + status.starting + status.stopping;
}

/* To one. First that no more are kept: there is one, too, while the others are still to start. */
static bool has_shrunk(struct pooltoy_pool *pool)
{
	return status_of(pool).kept == 1 && alive(pool) == 1 && status_of(pool).idle == 1;
}

/* As scene_open, but not all of `size` come up by themselves. */
static void open_with(struct scene *scene, struct pooltoy_pool_spec spec, int up)
{
	scene_begin_early(scene, &spec);
	await_idle(scene->pool, up);
	MUST(pooltoy_completion_queue_open(&scene->queue));
}

/* So many clients at once. */
static void crowd_comes(struct scene *scene, struct customer *crowd, int count)
{
	memset(crowd, 0, (size_t)count * sizeof *crowd);
	for (int i = 0; i < count; i++)
		customer_come(&crowd[i], scene->pool, SOON);
	for (int i = 0; i < count; i++)
		EXPECT(POOLTOY_OK, customer_await(&crowd[i]));
}

static void crowd_goes(struct customer *crowd, int count)
{
	for (int i = 0; i < count; i++)
		customer_go(&crowd[i], CHECKIN);
}

static void a_lazy_pool_starts_nobody_until_one_is_wanted(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	struct customer crowd[CROWD];

	open_with(&scene, *POOLTOY_POOL_SPEC(.size = CROWD, .lazy = 1), 0);
	CU_ASSERT_EQUAL(status_of(scene.pool).state, POOLTOY_POOL_READY);
	EXPECT(POOLTOY_EFULL, pooltoy_checkout(scene.pool, 0, &lease)); /* a try starts none */
	CU_ASSERT_EQUAL(scene.troupe.inits, 0);
	expect_service(scene.pool);
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	AWAIT(status_of(scene.pool).kept == 1); /* as the manager hears of it */
	crowd_comes(&scene, crowd, CROWD);
	CU_ASSERT_EQUAL(scene.troupe.inits, CROWD);
	crowd_goes(crowd, CROWD);
	await_idle(scene.pool, CROWD); /* who has come stays */
	AWAIT(status_of(scene.pool).kept == CROWD);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 0);
	scene_close(&scene);
}

static void tasks_have_the_workers_of_a_lazy_pool_started(void)
{
	struct order order = { DOUBLE, 21, NULL };
	struct scene scene;

	open_with(&scene, *POOLTOY_POOL_SPEC(.size = 1, .lazy = 1), 0);
	MUST(pooltoy_submit_start(scene.queue, scene.pool, &order, sizeof order, NULL, NULL));
	expect(&scene, POOLTOY_COMPLETION_TASK, NULL, 0);
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	scene_close(&scene);
}

static void so_has_a_checkout_that_nobody_waits_for(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	open_with(&scene, *POOLTOY_POOL_SPEC(.size = 2, .lazy = 1), 0);
	MUST(start_checkout(&scene, SOON, NULL, NULL));
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, NULL, 0);
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void in_a_lazy_pool_who_dies_is_replaced_but_a_restart_begins_with_nobody(void)
{
	struct scene scene;

	open_with(&scene, *POOLTOY_POOL_SPEC(.size = 2, .lazy = 1), 0);
	expect_service(scene.pool);
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(scene.pool, -1));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_STARTED, 2);
	await_idle(scene.pool, 1);
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED, 1);
	AWAIT(alive(scene.pool) == 0);
	CU_ASSERT_EQUAL(scene.troupe.inits, 2);
	expect_service(scene.pool);
	CU_ASSERT_EQUAL(scene.troupe.inits, 3);
	scene_close(&scene);
}

static void a_lazy_pool_whose_init_fails_is_degraded_until_one_comes_up(void)
{
	struct customer customer = { 0 };
	struct scene scene;

	open_with(&scene,
		  *POOLTOY_POOL_SPEC(.size = 2, .lazy = 1, .backoff_min = 1, .backoff_max = 1), 0);
	scene.troupe.failing_inits = INT_MAX;
	customer_come(&customer, scene.pool, SOON);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_START_FAILED, 2);
	CU_ASSERT_EQUAL(status_of(scene.pool).state, POOLTOY_POOL_DEGRADED);
	scene.troupe.failing_inits = 0;
	EXPECT(POOLTOY_OK, customer_await(&customer));
	customer_go(&customer, CHECKIN);
	AWAIT(status_of(scene.pool).state == POOLTOY_POOL_READY);
	scene_close(&scene);
}

static void who_is_idle_for_too_long_goes_and_comes_back_when_wanted(void)
{
	struct customer crowd[CROWD];
	struct scene scene;
	struct pooltoy_pool_status status;

	open_with(&scene, *POOLTOY_POOL_SPEC(.size = CROWD, .min_size = 1, .idle_ttl = 1), 1);
	for (int i = 0; i < 2; i++) {
		AWAIT(has_shrunk(scene.pool));
		CU_ASSERT_EQUAL(scene.troupe.on_stage, 1);
		crowd_comes(&scene, crowd, CROWD);
		crowd_goes(crowd, CROWD);
	}
	AWAIT(has_shrunk(scene.pool));
	AWAIT(status_of(scene.pool).expired == (uint64_t)scene.troupe.terminates);
	status = status_of(scene.pool);
	CU_ASSERT_EQUAL(status.state, POOLTOY_POOL_READY);
	CU_ASSERT_EQUAL(status.size, CROWD);
	CU_ASSERT_EQUAL(status.worker_deaths, 0);
	CU_ASSERT_EQUAL(scene.troupe.reason, 0);
	CU_ASSERT_EQUAL(scene.troupe.most_on_stage, CROWD);
	scene_close(&scene);
}

static void who_is_in_use_does_not_go(void)
{
	struct scene scene;
	struct pooltoy_lease leases[2];

	open_with(&scene,
		  *POOLTOY_POOL_SPEC(.size = CROWD, .min_size = POOLTOY_NONE, .idle_ttl = 1), 0);
	for (int i = 0; i < 2; i++)
		MUST(pooltoy_checkout(scene.pool, SOON, &leases[i]));
	AWAIT(alive(scene.pool) == 2);
	for (int i = 0; i < 2; i++) {
		EXPECT(POOLTOY_OK, tell(&leases[i], (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
		EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[i]));
	}
	AWAIT(alive(scene.pool) == 0);
	CU_ASSERT_EQUAL(scene.troupe.on_stage, 0);
	expect_service(scene.pool);
	scene_close(&scene);
}

static void without_an_end_to_idle_time_all_stay(void)
{
	struct scene scene;

	open_with(&scene, *POOLTOY_POOL_SPEC(.size = CROWD, .min_size = 1), CROWD);
	expect_service(scene.pool);
	MUST(pooltoy_pool_resize(scene.pool, CROWD, 1));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RESIZED, 1);
	CU_ASSERT_EQUAL(alive(scene.pool), CROWD);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 0);
	scene_close(&scene);
}

static void overflow_goes_when_it_has_been_idle_for_too_long(void)
{
	struct customer crowd[CROWD];
	struct scene scene;
	int gone;

	open_with(&scene,
		  *POOLTOY_POOL_SPEC(.size = 1, .max_overflow = CROWD - 1, .overflow_ttl = 1), 1);
	crowd_comes(&scene, crowd, CROWD);
	CU_ASSERT_EQUAL(status_of(scene.pool).overflow, CROWD - 1);
	crowd_goes(crowd, CROWD);
	AWAIT(alive(scene.pool) == 1);
	gone = scene.troupe.inits - 1; /* more where a client came too late */
	CU_ASSERT(gone >= CROWD - 1);
	AWAIT(status_of(scene.pool).expired == (uint64_t)gone);
	CU_ASSERT_EQUAL(scene.troupe.terminates, gone);
	expect_service(scene.pool);
	scene_close(&scene);
}

static void until_then_overflow_serves_the_next(void)
{
	struct customer crowd[CROWD];
	struct scene scene;

	open_with(&scene,
		  *POOLTOY_POOL_SPEC(.size = 1, .max_overflow = CROWD - 1, .overflow_ttl = SOON),
		  1);
	for (int i = 0; i < 3; i++) {
		crowd_comes(&scene, crowd, CROWD);
		crowd_goes(crowd, CROWD);
		CU_ASSERT_EQUAL(status_of(scene.pool).idle, CROWD);
		CU_ASSERT_EQUAL(status_of(scene.pool).overflow, CROWD - 1);
	}
	CU_ASSERT_EQUAL(scene.troupe.inits, CROWD);
	/* But what a resize leaves no room for goes at once. */
	MUST(pooltoy_pool_resize(scene.pool, 1, 1));
	AWAIT(alive(scene.pool) == 2);
	scene_close(&scene);
}

static void a_pool_that_has_shrunk_is_resized_as_well(void)
{
	struct scene scene;

	open_with(&scene, *POOLTOY_POOL_SPEC(.size = CROWD, .min_size = 2, .idle_ttl = 1), 2);
	MUST(pooltoy_pool_resize(scene.pool, 1, 0)); /* less than its minimum */
	AWAIT(alive(scene.pool) == 1);
	MUST(pooltoy_pool_resize(scene.pool, CROWD, 0));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RESIZED, 2);
	AWAIT(status_of(scene.pool).idle == 2 && alive(scene.pool) == 2);
	expect_service(scene.pool);
	scene_close(&scene);
}

SUITE(TEST(a_lazy_pool_starts_nobody_until_one_is_wanted),
      TEST(tasks_have_the_workers_of_a_lazy_pool_started),
      TEST(so_has_a_checkout_that_nobody_waits_for),
      TEST(in_a_lazy_pool_who_dies_is_replaced_but_a_restart_begins_with_nobody),
      TEST(a_lazy_pool_whose_init_fails_is_degraded_until_one_comes_up),
      TEST(who_is_idle_for_too_long_goes_and_comes_back_when_wanted),
      TEST(who_is_in_use_does_not_go), TEST(without_an_end_to_idle_time_all_stay),
      TEST(overflow_goes_when_it_has_been_idle_for_too_long),
      TEST(until_then_overflow_serves_the_next), TEST(a_pool_that_has_shrunk_is_resized_as_well))
