/* SPDX-License-Identifier: MIT */
/* test_checkin_failed.c: clients that know of their workers that these are broken. */
#include "completions.h"

#include <string.h>

static void open_one(struct scene *scene)
{
	scene_open(scene, POOLTOY_POOL_SPEC(.size = 1, .backoff_min = 5, .backoff_max = 20));
}

static void serve_and_close(struct scene *scene)
{
	expect_service(scene->pool);
	scene_close(scene);
	CU_ASSERT_EQUAL(scene->troupe.inits, scene->troupe.terminates);
}

static void expect_death(struct scene *scene, const char *reason)
{
	const struct recorded *death =
		await_event(&scene->stage, "poolio", POOLTOY_EVENT_WORKER_DIED, 1);

	CU_ASSERT(death && strstr(death->reason, reason) && death->worker == 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(status_of(scene->pool).last_reason, reason));
	CU_ASSERT_EQUAL(status_of(scene->pool).worker_deaths, 1);
	CU_ASSERT_EQUAL(status_of(scene->pool).failed_checkins, 1);
	CU_ASSERT_EQUAL(scene->troupe.reason, POOLTOY_ECRASHED);
}

static void a_worker_that_its_client_gives_up_is_replaced_and_all_are_told_why(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	open_one(&scene);
	lease = check_out(&scene);
	EXPECT(POOLTOY_OK, pooltoy_checkin_failed(&lease, POOLTOY_REPLACE, "connection lost"));
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	expect_death(&scene, "checked in as failed: connection lost");
	await_idle(scene.pool, 1);
	CU_ASSERT_EQUAL(scene.troupe.inits, 2);
	CU_ASSERT_EQUAL(scene.troupe.resets, 0);
	serve_and_close(&scene);
}

static void no_reason_need_be_given(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	open_one(&scene);
	lease = check_out(&scene);
	EXPECT(POOLTOY_OK, pooltoy_checkin_failed(&lease, POOLTOY_REPLACE, NULL));
	expect_death(&scene, "checked in as failed");
	serve_and_close(&scene);
}

static void a_worker_is_reset_before_anybody_gets_it(void)
{
	struct scene scene;
	struct pooltoy_lease lease, other;
	struct gate reset;
	const struct recorded *told;

	open_one(&scene);
	gate_init(&reset);
	scene.troupe.reset_gate = &reset;
	lease = check_out(&scene);
	EXPECT(POOLTOY_OK, pooltoy_checkin_failed(&lease, POOLTOY_RESET, "half a transaction"));
	gate_await(&reset);
	EXPECT(POOLTOY_EFULL, pooltoy_checkout(scene.pool, 0, &other));
	gate_open(&reset);
	MUST(pooltoy_checkout(scene.pool, SOON, &other));
	CU_ASSERT_EQUAL(scene.troupe.resets, 1);
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&other));
	told = await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_RESET, 1);
	CU_ASSERT(told && strstr(told->line, "worker 0 is reset: checked in as failed: half a"));
	CU_ASSERT(told && told->severity == POOLTOY_WARNING);
	CU_ASSERT_EQUAL(status_of(scene.pool).worker_deaths, 0);
	CU_ASSERT_EQUAL(status_of(scene.pool).failed_checkins, 1);
	serve_and_close(&scene);
	gate_destroy(&reset);
}

static void a_worker_without_a_reset_is_checked_in(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.worker = &plain_puppet_ops, .size = 1));
	lease = check_out(&scene);
	EXPECT(POOLTOY_OK, pooltoy_checkin_failed(&lease, POOLTOY_RESET, NULL));
	await_idle(scene.pool, 1);
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	serve_and_close(&scene);
}

static void a_lease_that_is_none_any_more_changes_nothing(void)
{
	struct scene scene;
	struct pooltoy_lease lease, none = POOLTOY_LEASE_INIT;

	open_one(&scene);
	lease = check_out(&scene);
	EXPECT(POOLTOY_EINVAL, pooltoy_checkin_failed(&lease, (enum pooltoy_on_client_death)2, ""));
	EXPECT_STORY("poolio", "out of range");
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin_failed(&lease, POOLTOY_REPLACE, "late"));
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin_failed(&lease, POOLTOY_RESET, "late"));
	EXPECT_STORY("poolio", "worker 0", "the lease has ended");
	EXPECT(POOLTOY_EINVAL, pooltoy_checkin_failed(&none, POOLTOY_REPLACE, ""));
	EXPECT(POOLTOY_EINVAL, pooltoy_checkin_failed(NULL, POOLTOY_REPLACE, ""));
	CU_ASSERT_EQUAL(status_of(scene.pool).failed_checkins, 0);
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	serve_and_close(&scene);
}

static void *fail_from_elsewhere(void *lease)
{
	EXPECT(POOLTOY_EBUSY, pooltoy_checkin_failed(lease, POOLTOY_REPLACE, "not mine"));
	EXPECT(POOLTOY_EBUSY, pooltoy_checkin_failed(lease, POOLTOY_RESET, "not mine"));
	return NULL;
}

static void a_state_in_use_is_given_back_by_its_user_alone(void)
{
	static const enum pooltoy_on_client_death ways[] = { POOLTOY_REPLACE, POOLTOY_RESET };

	SKIP_IF_ISOLATED("a child's state cannot be borrowed");
	for (unsigned i = 0; i < 2; i++) {
		struct scene scene;
		struct pooltoy_lease lease;
		void *state;

		open_one(&scene);
		lease = check_out(&scene);
		MUST(pooltoy_lease_state(&lease, &state));
		puppet_enter(state);
		finish(begin(fail_from_elsewhere, &lease));
		puppet_leave(state);
		EXPECT(POOLTOY_OK, pooltoy_checkin_failed(&lease, ways[i], "found so"));
		EXPECT(POOLTOY_ESTALE, pooltoy_lease_state_done(&lease));
		await_idle(scene.pool, 1);
		CU_ASSERT_EQUAL(scene.troupe.resets, (int)i);
		serve_and_close(&scene);
	}
}

static void a_call_that_still_runs_is_interrupted(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	open_one(&scene);
	lease = check_out(&scene);
	start_held_call(&scene, &lease, SOON, NULL);
	gate_await(&scene.gate);
	EXPECT(POOLTOY_OK, pooltoy_checkin_failed(&lease, POOLTOY_REPLACE, "no patience"));
	/* Answered, or told that its worker is gone. */
	pooltoy_completion_release(next_completion(&scene));
	expect_death(&scene, "no patience");
	AWAIT(scene.troupe.interrupts == 1);
	await_idle(scene.pool, 1);
	serve_and_close(&scene);
}

static void *use_and_fail(void *argument)
{
	struct scene *scene = argument;
	struct pooltoy_lease lease;

	MUST(pooltoy_checkout(scene->pool, SOON, &lease));
	EXPECT(POOLTOY_OK, pooltoy_checkin_failed(&lease, POOLTOY_REPLACE, "as ever"));
	return NULL;
}

/* A first lease that ends so is no lease completed: as after deaths in a row, starts back off. */
static void who_waits_is_served_by_the_replacement(void)
{
	struct scene scene;
	pthread_t clients[3];

	open_one(&scene);
	for (int i = 0; i < 3; i++)
		clients[i] = begin(use_and_fail, &scene);
	for (int i = 0; i < 3; i++)
		finish(clients[i]);
	expect_service(scene.pool);
	CU_ASSERT_EQUAL(scene.troupe.inits, 4);
	CU_ASSERT_EQUAL(status_of(scene.pool).failed_checkins, 3);
	serve_and_close(&scene);
}

SUITE(TEST(a_worker_that_its_client_gives_up_is_replaced_and_all_are_told_why),
      TEST(no_reason_need_be_given), TEST(a_worker_is_reset_before_anybody_gets_it),
      TEST(a_worker_without_a_reset_is_checked_in),
      TEST(a_lease_that_is_none_any_more_changes_nothing),
      TEST(a_state_in_use_is_given_back_by_its_user_alone),
      TEST(a_call_that_still_runs_is_interrupted), TEST(who_waits_is_served_by_the_replacement))
