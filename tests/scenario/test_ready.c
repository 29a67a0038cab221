/* SPDX-License-Identifier: MIT */
/* test_ready.c: who waits until a pool's workers are up, and what they are told. */
#include "completions.h"
#include "held_starts.h"

#include <string.h>

enum { SIZE = 3 };

/* A thread that waits until so many are up. */
struct guest {
	struct pooltoy_pool *pool;
	int workers, timeout_ms, code;
	char story[384];
	struct tokens comes, done;
	pthread_t thread;
};

static void *guest_waits(void *argument)
{
	struct guest *guest = argument;

	tokens_put(&guest->comes);
	guest->code = pooltoy_pool_wait_ready(guest->pool, guest->workers, guest->timeout_ms);
	strncpy(guest->story, guest->code ? pooltoy_last_error() : "", sizeof guest->story - 1);
	tokens_put(&guest->done);
	return NULL;
}

static void guest_comes(struct guest *guest, struct pooltoy_pool *pool, int workers)
{
	memset(guest, 0, sizeof *guest);
	guest->pool = pool;
	guest->workers = workers;
	guest->timeout_ms = -1;
	tokens_init(&guest->comes);
	tokens_init(&guest->done);
	guest->thread = begin(guest_waits, guest);
	CU_ASSERT(tokens_take_soon(&guest->comes));
}

static int guest_leaves(struct guest *guest)
{
	finish(guest->thread);
	tokens_destroy(&guest->comes);
	tokens_destroy(&guest->done);
	return guest->code;
}

static void who_waits_is_told_as_soon_as_so_many_are_up(void)
{
	struct play play = { 0 };
	struct guest first, all;

	play_open(&play, POOLTOY_POOL_SPEC(.size = SIZE));
	guest_comes(&first, play.pool, 1);
	guest_comes(&all, play.pool, 0); /* as many as are kept */
	for (int i = 0; i < SIZE; i++)
		gate_await(&play.gate);
	CU_ASSERT_FALSE(tokens_try(&first.done));
	gate_open(&play.gate);
	EXPECT(POOLTOY_OK, guest_leaves(&first));
	CU_ASSERT_FALSE(tokens_try(&all.done));
	CU_ASSERT_EQUAL(status_of(play.pool).starting, SIZE - 1);
	for (int i = 1; i < SIZE; i++)
		gate_open(&play.gate);
	EXPECT(POOLTOY_OK, guest_leaves(&all));
	CU_ASSERT_EQUAL(status_of(play.pool).idle, SIZE);
	play_close(&play);
}

static void a_pool_that_is_ready_has_a_worker_for_each_try(void)
{
	enum { ROUNDS = SANITIZED ? 20 : 100 };
	struct stage stage;

	stage_open(&stage);
	for (int round = 0; round < ROUNDS; round++) {
		struct pooltoy_lease leases[SIZE];
		struct pooltoy_pool *pool =
			start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler,
							     .size = SIZE));

		EXPECT(POOLTOY_OK, pooltoy_pool_wait_ready(pool, SIZE, SOON));
		for (int i = 0; i < SIZE; i++)
			EXPECT(POOLTOY_OK, pooltoy_checkout(pool, 0, &leases[i]));
		EXPECT(POOLTOY_OK, pooltoy_pool_wait_ready(pool, SIZE, 0)); /* leased ones count */
		for (int i = 0; i < SIZE; i++)
			EXPECT(POOLTOY_OK, pooltoy_checkin(&leases[i]));
		stop_pool(pool);
	}
	stage_close(&stage);
}

static void who_waits_for_more_than_there_are_is_told_how_many(void)
{
	struct play play = { .troupe.failing_inits = 1 };

	play_open(&play, POOLTOY_POOL_SPEC(.size = 2, .backoff_min = SOON, .backoff_max = SOON));
	for (int i = 0; i < 2; i++) {
		gate_await(&play.gate);
		gate_open(&play.gate);
	}
	await_event(&play.stage, "poolio", POOLTOY_EVENT_WORKER_START_FAILED, 1);
	EXPECT(POOLTOY_OK, pooltoy_pool_wait_ready(play.pool, 1, SOON));
	for (int timeout = 0; timeout < 2; timeout++) {
		EXPECT(POOLTOY_ETIMEDOUT, pooltoy_pool_wait_ready(play.pool, 2, timeout));
		EXPECT_STORY("pool \"poolio\"", "wait_ready", "timed out", "1 workers up",
			     "no strings");
	}
	play_close(&play);
}

static void who_waits_goes_on_waiting_through_a_restart(void)
{
	struct guest guest;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	guest_comes(&guest, scene.pool, 2);
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED, 1);
	CU_ASSERT_FALSE(tokens_try(&guest.done));
	EXPECT(POOLTOY_OK, pooltoy_pool_resize(scene.pool, 2, 0));
	EXPECT(POOLTOY_OK, guest_leaves(&guest));
	scene_close(&scene);
}

static void who_waits_is_told_of_the_end_of_the_pool(void)
{
	struct guest guest;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_restarts = POOLTOY_NONE,
					     .give_up_after = POOLTOY_NONE));
	guest_comes(&guest, scene.pool, 2);
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
	CU_ASSERT_EQUAL(guest_leaves(&guest), POOLTOY_EFAILED);
	CU_ASSERT_PTR_NOT_NULL(strstr(guest.story, "manager: killed"));
	EXPECT(POOLTOY_EFAILED, pooltoy_pool_wait_ready(scene.pool, 0, -1));
	EXPECT(POOLTOY_OK, pooltoy_pool_revive(scene.pool));
	EXPECT(POOLTOY_OK, pooltoy_pool_wait_ready(scene.pool, 0, SOON));
	guest_comes(&guest, scene.pool, 2);
	EXPECT(POOLTOY_OK, pooltoy_stop_pool(scene.pool, SOON));
	CU_ASSERT_EQUAL(guest_leaves(&guest), POOLTOY_ESTOPPED);
	CU_ASSERT_PTR_NOT_NULL(strstr(guest.story, "pool \"poolio\": wait_ready"));
	EXPECT(POOLTOY_ESTOPPED, pooltoy_pool_wait_ready(scene.pool, 0, -1));
	scene_close(&scene);
}

static void who_waits_may_be_cancelled(void)
{
	struct guest guests[2];
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	for (int i = 0; i < 2; i++)
		guest_comes(&guests[i], scene.pool, 2);
	pthread_cancel(guests[0].thread);
	guest_leaves(&guests[0]);
	CU_ASSERT_FALSE(tokens_try(&guests[1].done));
	EXPECT(POOLTOY_OK, pooltoy_pool_resize(scene.pool, 2, 0));
	EXPECT(POOLTOY_OK, guest_leaves(&guests[1]));
	scene_close(&scene);
}

static void a_lazy_pool_is_ready_when_those_are_up_that_it_keeps(void)
{
	struct play play = { 0 };

	play_open(&play, POOLTOY_POOL_SPEC(.size = SIZE, .lazy = 1));
	EXPECT(POOLTOY_OK, pooltoy_pool_wait_ready(play.pool, 0, -1));
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_pool_wait_ready(play.pool, 1, 1));
	CU_ASSERT_EQUAL(play.troupe.inits, 0); /* it starts none */
	play_close(&play);
}

static void what_cannot_be_is_refused(void)
{
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_workers = 4));
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_wait_ready(NULL, 1, -1));
	EXPECT_STORY("wait_ready", "pool is NULL");
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_wait_ready(scene.pool, -1, -1));
	EXPECT(POOLTOY_EINVAL, pooltoy_pool_wait_ready(scene.pool, 5, -1));
	EXPECT_STORY("pool \"poolio\"", "never has 5 workers", "0 to 4");
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_pool_wait_ready(scene.pool, 4, 0));
	scene_close(&scene);
}

SUITE(TEST(who_waits_is_told_as_soon_as_so_many_are_up),
      TEST(a_pool_that_is_ready_has_a_worker_for_each_try),
      TEST(who_waits_for_more_than_there_are_is_told_how_many),
      TEST(who_waits_goes_on_waiting_through_a_restart),
      TEST(who_waits_is_told_of_the_end_of_the_pool), TEST(who_waits_may_be_cancelled),
      TEST(a_lazy_pool_is_ready_when_those_are_up_that_it_keeps), TEST(what_cannot_be_is_refused))
