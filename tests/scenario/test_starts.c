/* SPDX-License-Identifier: MIT */
/* test_starts.c: how workers come up: side by side, so many at once, and in nobody's way. */
#include "completions.h"
#include "held_starts.h"

#include <string.h>

enum { AT_ONCE = 2, SIZE = 6 };

static void all_workers_start_side_by_side(void)
{
	struct play play = { 0 };

	play_open(&play, POOLTOY_POOL_SPEC(.size = SIZE));
	for (int i = 0; i < SIZE; i++)
		gate_await(&play.gate);
	CU_ASSERT_EQUAL(status_of(play.pool).starting, SIZE);
	for (int i = 0; i < SIZE; i++)
		gate_open(&play.gate);
	await_idle(play.pool, SIZE);
	play_close(&play);
}

static void no_more_start_at_once_than_may(void)
{
	struct play play = { 0 };

	play_open(&play, POOLTOY_POOL_SPEC(.size = SIZE, .max_starting = AT_ONCE));
	for (int i = 0; i < AT_ONCE; i++)
		gate_await(&play.gate);
	for (int opened = 0; opened < SIZE; opened++) {
		/* Not by the figure `starting`: who is up says so before its slot is free. */
		CU_ASSERT_EQUAL(play.troupe.inits,
				opened + AT_ONCE < SIZE ? opened + AT_ONCE : SIZE);
		gate_open(&play.gate);
		if (opened + AT_ONCE < SIZE)
			gate_await(&play.gate); /* the next */
	}
	await_idle(play.pool, SIZE);
	play_close(&play);
}

static void a_start_that_fails_leaves_its_place_to_the_next(void)
{
	struct play play = { 0 };

	play.troupe.failing_inits = 1;
	play_open(&play, POOLTOY_POOL_SPEC(.size = AT_ONCE, .max_starting = 1, .backoff_min = 1,
					   .backoff_max = 1));
	gate_await(&play.gate);
	gate_open(&play.gate);
	await_event(&play.stage, "poolio", POOLTOY_EVENT_WORKER_START_FAILED, 1);
	for (int i = 0; i < AT_ONCE; i++) {
		gate_await(&play.gate);
		CU_ASSERT_EQUAL(play.troupe.inits, 2 + i); /* with the one that failed */
		gate_open(&play.gate);
	}
	await_idle(play.pool, AT_ONCE);
	play_close(&play);
}

static void who_waits_has_workers_started_as_many_at_once_as_may(void)
{
	struct customer customers[SIZE];
	struct play play = { 0 };

	memset(customers, 0, sizeof customers);
	play_open(&play, POOLTOY_POOL_SPEC(.max_overflow = SIZE, .max_starting = 1));
	for (int i = 0; i < SIZE; i++)
		customer_come(&customers[i], play.pool, SOON);
	for (int i = 0; i < SIZE; i++) {
		gate_await(&play.gate);
		CU_ASSERT_EQUAL(play.troupe.inits, i + 1);
		gate_open(&play.gate);
	}
	for (int i = 0; i < SIZE; i++)
		EXPECT(POOLTOY_OK, customer_await(&customers[i]));
	for (int i = 0; i < SIZE; i++)
		customer_go(&customers[i], CHECKIN);
	play_close(&play);
}

/*
 * One worker is up, another's start takes as long as the test does: it is the affair of who waits for
 * that one, and of nobody else, whatever else they do.
 */
static void a_slow_start_delays_nobody_but_who_waits_for_it(void)
{
	struct customer customer = { 0 };
	struct pooltoy_lease lease, tried;
	struct play play = { 0 };

	play_open(&play, POOLTOY_POOL_SPEC(.size = 1, .max_overflow = 1));
	gate_await(&play.gate);
	gate_open(&play.gate);
	MUST(pooltoy_checkout(play.pool, SOON, &lease));
	customer_come(&customer, play.pool, SOON);
	gate_await(&play.gate); /* that of the one it waits for */
	EXPECT(POOLTOY_OK, tell(&lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	EXPECT(POOLTOY_EFULL, pooltoy_checkout(play.pool, 0, &tried));
	CU_ASSERT_FALSE(customer_is_served(&customer));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	EXPECT(POOLTOY_OK, customer_await(&customer)); /* by this one, which came first */
	customer_go(&customer, CHECKIN);
	CU_ASSERT_EQUAL(status_of(play.pool).starting, 1);
	expect_service(play.pool);
	gate_open(&play.gate);
	play_close(&play);
}

static void a_slow_start_delays_no_client_that_finds_another_worker(void)
{
	struct play play = { 0 };

	play_open(&play, POOLTOY_POOL_SPEC(.size = 2));
	for (int i = 0; i < 2; i++)
		gate_await(&play.gate);
	gate_open(&play.gate); /* the other one's start goes on and on */
	for (int i = 0; i < SIZE; i++)
		expect_service(play.pool);
	MUST(pooltoy_pool_resize(play.pool, 3, 0));
	gate_await(&play.gate); /* the third starts beside it */
	CU_ASSERT_EQUAL(status_of(play.pool).starting, 2);
	expect_service(play.pool);
	for (int i = 0; i < 2; i++)
		gate_open(&play.gate);
	await_idle(play.pool, 3);
	play_close(&play);
}

static void a_failing_start_delays_no_client_that_finds_another_worker(void)
{
	struct customer customer = { 0 };
	struct pooltoy_lease lease;
	struct scene scene;

	/* Who fails is tried again when the test is over. */
	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_overflow = 1, .backoff_min = SOON,
					     .backoff_max = SOON));
	scene.troupe.failing_inits = 1;
	lease = check_out(&scene);
	customer_come(&customer, scene.pool, SOON);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_START_FAILED, 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	EXPECT(POOLTOY_OK, customer_await(&customer)); /* by the one that is there */
	customer_go(&customer, CHECKIN);
	for (int i = 0; i < SIZE; i++)
		expect_service(scene.pool);
	scene_close(&scene);
}

static void starts_of_one_pool_delay_no_other_pool(void)
{
	struct play play = { 0 };
	struct troupe others = { 0 };
	struct pooltoy_pool *other;

	play_open(&play, POOLTOY_POOL_SPEC(.size = 1));
	gate_await(&play.gate);
	other = start_pool(&play.stage, POOLTOY_POOL_SPEC(.name = "other", .worker = &puppet_ops,
							  .argument = &others, .size = 2));
	await_idle(other, 2);
	expect_service(other);
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(other, 0));
	await_event(&play.stage, "other", POOLTOY_EVENT_WORKER_DIED, 1);
	await_idle(other, 2);
	stop_pool(other);
	gate_open(&play.gate);
	await_idle(play.pool, 1);
	play_close(&play);
}

SUITE(TEST(all_workers_start_side_by_side), TEST(no_more_start_at_once_than_may),
      TEST(a_start_that_fails_leaves_its_place_to_the_next),
      TEST(who_waits_has_workers_started_as_many_at_once_as_may),
      TEST(a_slow_start_delays_nobody_but_who_waits_for_it),
      TEST(a_slow_start_delays_no_client_that_finds_another_worker),
      TEST(a_failing_start_delays_no_client_that_finds_another_worker),
      TEST(starts_of_one_pool_delay_no_other_pool))
