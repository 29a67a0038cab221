/* SPDX-License-Identifier: MIT */
/* test_overload.c: more clients than workers: some are refused, some are shed, and all are told why. */
#include "completions.h"

#include <string.h>

enum { CROWD = 3 };

/* Its only worker is held: nobody is served. */
static struct pooltoy_lease open_held(struct scene *scene, struct pooltoy_pool_spec spec)
{
	spec.size = 1;
	scene_open(scene, &spec);
	return check_out(scene);
}

static struct pooltoy_pool_spec bounded(void)
{
	return *POOLTOY_POOL_SPEC(.max_queue = 1, .queue_interval = 1);
}

/* After an interval of a millisecond in which nobody is served, those are shed that have waited for two. */
static struct pooltoy_pool_spec impatient(void)
{
	return *POOLTOY_POOL_SPEC(.queue_target = 1, .queue_interval = 1);
}

static void a_full_queue_refuses_the_next_at_once(void)
{
	struct scene scene;
	struct pooltoy_lease lease = open_held(&scene, bounded()), other;
	struct customer customer = { 0 };

	customer_come(&customer, scene.pool, SOON);
	AWAIT(status_of(scene.pool).waiting == 1);
	EXPECT(POOLTOY_EQUEUEFULL, pooltoy_checkout(scene.pool, -1, &other));
	EXPECT_STORY("pool \"poolio\"", "checkout", "too many wait", "1 may wait",
		     "1 were refused");
	EXPECT(POOLTOY_EQUEUEFULL, start_checkout(&scene, -1, NULL, NULL));
	EXPECT_STORY("pool \"poolio\"", "2 were refused");
	CU_ASSERT_EQUAL(status_of(scene.pool).queue_full, 2);
	CU_ASSERT_EQUAL(status_of(scene.pool).waiting, 1);
	EXPECT(POOLTOY_EFULL, pooltoy_checkout(scene.pool, 0, &other)); /* a try never waits */
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	MUST(customer_await(&customer));
	customer_go(&customer, CHECKIN);
	expect_service(scene.pool);
	scene_close(&scene);
}

static void a_full_queue_is_told_once_and_so_is_its_end(void)
{
	struct scene scene;
	struct pooltoy_lease lease = open_held(&scene, bounded());
	const struct recorded *told;

	MUST(start_checkout(&scene, SOON, NULL, NULL));
	EXPECT(POOLTOY_EQUEUEFULL, start_checkout(&scene, SOON, NULL, NULL));
	told = await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_OVERLOADED, 1);
	CU_ASSERT(told && strstr(told->reason, "1 may wait") && told->severity == POOLTOY_WARNING);
	told = await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RELIEVED, 1);
	CU_ASSERT(told && told->duration_ns >= 1000000);
	CU_ASSERT_EQUAL(events(&scene.stage, "poolio", POOLTOY_EVENT_POOL_OVERLOADED), 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, NULL, 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void where_nobody_may_wait_a_checkout_is_a_try(void)
{
	struct scene scene;
	struct pooltoy_lease lease =
		open_held(&scene, *POOLTOY_POOL_SPEC(.max_queue = POOLTOY_NONE));
	struct pooltoy_lease other;

	EXPECT(POOLTOY_EQUEUEFULL, pooltoy_checkout(scene.pool, -1, &other));
	EXPECT(POOLTOY_EQUEUEFULL, start_checkout(&scene, SOON, NULL, NULL));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	AWAIT(pooltoy_checkout(scene.pool, SOON, &other) == POOLTOY_OK);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&other));
	scene_close(&scene);
}

static void who_waits_for_too_long_is_shed_and_told_why(void)
{
	struct scene scene;
	struct pooltoy_lease lease = open_held(&scene, impatient());
	struct customer crowd[CROWD] = { 0 };
	const struct recorded *told;

	for (int i = 0; i < CROWD; i++)
		customer_come(&crowd[i], scene.pool, -1);
	for (int i = 0; i < CROWD; i++) {
		CU_ASSERT_EQUAL(customer_await(&crowd[i]), POOLTOY_EOVERLOAD);
		CU_ASSERT_PTR_NOT_NULL(
			strstr(crowd[i].story, "pool \"poolio\": checkout: overloaded"));
		CU_ASSERT_PTR_NOT_NULL(
			strstr(crowd[i].story, "for 1 ms nobody waited less than 1 ms"));
		customer_go(&crowd[i], CHECKIN);
	}
	CU_ASSERT_EQUAL(status_of(scene.pool).shed, CROWD);
	CU_ASSERT_EQUAL(status_of(scene.pool).timeouts, 0);
	CU_ASSERT_EQUAL(status_of(scene.pool).waiting, 0);
	told = await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_OVERLOADED, 1);
	CU_ASSERT(told && strstr(told->reason, "for 1 ms nobody waited less than 1 ms"));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RELIEVED, 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	expect_service(scene.pool);
	scene_close(&scene);
}

static void a_started_checkout_is_shed_by_its_completion(void)
{
	struct scene scene;
	struct pooltoy_lease lease = open_held(&scene, impatient());
	int tag;

	MUST(start_checkout(&scene, -1, &tag, NULL));
	expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &tag, POOLTOY_EOVERLOAD);
	expect_none(&scene);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	expect_service(scene.pool);
	scene_close(&scene);
}

static void without_bounds_nobody_is_refused_or_shed(void)
{
	struct scene scene;
	struct pooltoy_lease lease = open_held(&scene, *POOLTOY_POOL_SPEC(.queue_interval = 1));
	struct pooltoy_lease other;
	int tags[CROWD];

	for (int i = 0; i < CROWD; i++)
		MUST(start_checkout(&scene, SOON, &tags[i], NULL));
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_checkout(scene.pool, 50, &other));
	CU_ASSERT_EQUAL(status_of(scene.pool).waiting, CROWD);
	CU_ASSERT_EQUAL(events(&scene.stage, "poolio", POOLTOY_EVENT_POOL_OVERLOADED), 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	for (int i = 0; i < CROWD; i++) {
		lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &tags[i], 0);
		EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	}
	scene_close(&scene);
}

SUITE(TEST(a_full_queue_refuses_the_next_at_once),
      TEST(a_full_queue_is_told_once_and_so_is_its_end),
      TEST(where_nobody_may_wait_a_checkout_is_a_try),
      TEST(who_waits_for_too_long_is_shed_and_told_why),
      TEST(a_started_checkout_is_shed_by_its_completion),
      TEST(without_bounds_nobody_is_refused_or_shed))
