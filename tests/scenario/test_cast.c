/* SPDX-License-Identifier: MIT */
/* test_cast.c: casts: their order, their bound, and the lease after theirs. */
#include "scenario/scene.h"

#include <string.h>

/* One puppet, which is checked out. */
static void scene_open(struct scene *scene, int max_casts)
{
	scene_begin(scene, POOLTOY_POOL_SPEC(.size = 1, .max_casts = max_casts));
	MUST(pooltoy_checkout(scene->pool, SOON, &scene->lease));
}

static void scene_close(struct scene *scene)
{
	expect_service(scene->pool);
	scene_end(scene);
	CU_ASSERT_EQUAL(scene->troupe.inits, scene->troupe.terminates);
}

static void casts_run_in_their_order_and_before_a_later_call(void)
{
	struct scene scene;

	scene_open(&scene, 0);
	for (int i = 1; i <= 1000; i++) {
		int code = tell_cast(&scene.lease, (struct order){ COUNT, i, NULL });

		if (code == POOLTOY_EAGAIN && i--) /* a bounded queue: a call waits it out */
			code = tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON);
		EXPECT(POOLTOY_OK, code);
		if (i % 10 == 0)
			EXPECT(POOLTOY_OK,
			       tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
		if (i % 10 == 0)
			CU_ASSERT_EQUAL(scene.troupe.last_cast, i);
	}
	CU_ASSERT_EQUAL(scene.troupe.cast_sum, 1000 * 1001 / 2);
	CU_ASSERT_EQUAL(scene.troupe.casts_out_of_order, 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void no_more_wait_than_the_spec_allows(void)
{
	struct scene scene;

	scene_open(&scene, 3);
	MUST(tell_cast(&scene.lease, (struct order){ HOLD_DEAF, 0, &scene.gate }));
	gate_await(&scene.gate); /* it runs: it does not wait */
	for (int i = 1; i <= 3; i++)
		EXPECT(POOLTOY_OK, tell_cast(&scene.lease, (struct order){ COUNT, i, NULL }));
	EXPECT(POOLTOY_EAGAIN, tell_cast(&scene.lease, (struct order){ COUNT, 100, NULL }));
	EXPECT_STORY("poolio", "3 casts");
	gate_open(&scene.gate);
	EXPECT(POOLTOY_OK, tell(&scene.lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	CU_ASSERT_EQUAL(scene.troupe.cast_sum, 6);
	EXPECT(POOLTOY_OK, tell_cast(&scene.lease, (struct order){ COUNT, 4, NULL }));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	scene_close(&scene);
	CU_ASSERT_EQUAL(scene.troupe.cast_sum, 10);
}

static void casts_of_a_lease_run_before_the_next_lease_begins(void)
{
	struct scene scene;
	struct pooltoy_lease next;

	scene_open(&scene, 0);
	MUST(tell_cast(&scene.lease, (struct order){ HOLD_DEAF, 0, &scene.gate }));
	gate_await(&scene.gate);
	for (int i = 1; i <= 10; i++)
		EXPECT(POOLTOY_OK, tell_cast(&scene.lease, (struct order){ COUNT, i, NULL }));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	EXPECT(POOLTOY_ESTALE, tell_cast(&scene.lease, (struct order){ COUNT, 11, NULL }));
	EXPECT(POOLTOY_EFULL, pooltoy_checkout(scene.pool, 0, &next));
	gate_open(&scene.gate);
	MUST(pooltoy_checkout(scene.pool, SOON, &next));
	CU_ASSERT_EQUAL(scene.troupe.cast_sum, 55);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&next));

	for (int round = 0; round < 500; round++) {
		MUST(pooltoy_checkout(scene.pool, SOON, &next));
		CU_ASSERT_EQUAL(scene.troupe.cast_sum, 55 + round);
		EXPECT(POOLTOY_OK, tell_cast(&next, (struct order){ COUNT, 1, NULL }));
		EXPECT(POOLTOY_OK, pooltoy_checkin(&next));
	}
	scene_close(&scene);
}

static void a_stale_lease_is_stale_however_many_casts_wait(void)
{
	struct scene scene;

	scene_open(&scene, 1);
	MUST(tell_cast(&scene.lease, (struct order){ HOLD_DEAF, 0, &scene.gate }));
	gate_await(&scene.gate);
	EXPECT(POOLTOY_OK, tell_cast(&scene.lease, (struct order){ COUNT, 1, NULL }));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene.lease));
	EXPECT(POOLTOY_ESTALE, tell_cast(&scene.lease, (struct order){ COUNT, 2, NULL }));
	gate_open(&scene.gate);
	scene_close(&scene);
}

static void a_cast_that_breaks_ends_its_worker_and_the_casts_behind_it(void)
{
	struct scene scene;
	const struct recorded *death;

	scene_open(&scene, 0);
	MUST(tell_cast(&scene.lease, (struct order){ HOLD_DEAF, 0, &scene.gate }));
	gate_await(&scene.gate);
	EXPECT(POOLTOY_OK, tell_cast(&scene.lease, (struct order){ BREAK, 0, NULL }));
	EXPECT(POOLTOY_OK, tell_cast(&scene.lease, (struct order){ COUNT, 1, NULL }));
	gate_open(&scene.gate);
	death = await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_DIED, 1);
	CU_ASSERT(death && strstr(death->reason, "told to break"));
	EXPECT(POOLTOY_ESTALE, tell_cast(&scene.lease, (struct order){ COUNT, 2, NULL }));
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&scene.lease));
	await_idle(scene.pool, 1);
	CU_ASSERT_EQUAL(scene.troupe.cast_sum, 0);
	CU_ASSERT_EQUAL(scene.troupe.inits, 2);
	scene_close(&scene);
}

SUITE(TEST(casts_run_in_their_order_and_before_a_later_call),
      TEST(no_more_wait_than_the_spec_allows),
      TEST(casts_of_a_lease_run_before_the_next_lease_begins),
      TEST(a_stale_lease_is_stale_however_many_casts_wait),
      TEST(a_cast_that_breaks_ends_its_worker_and_the_casts_behind_it))
