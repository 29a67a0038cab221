/* SPDX-License-Identifier: MIT */
/* test_start_with.c: operations that nobody waits for, with a deadline, a token, a priority. */
#include "completions.h"

#include <string.h>

static int start_with(struct scene *scene, const struct pooltoy_checkout_options *options,
		      void *tag)
{
	return pooltoy_checkout_start_with(scene->queue, scene->pool, options, tag, NULL);
}

static struct pooltoy_cancel_token *open_token(void)
{
	struct pooltoy_cancel_token *token;

	CU_ASSERT_EQUAL_FATAL(pooltoy_cancel_token_open(&token), POOLTOY_OK);
	return token;
}

/* Starts what has a deadline soon; again if this thread was held up until after that. */
#define START_BEFORE(deadline, start) \
	do \
		(deadline) = pooltoy_deadline_after(20); \
	while ((start) == POOLTOY_ETIMEDOUT)

static void a_started_checkouts_deadline_is_absolute(void)
{
	uint64_t deadline;
	struct pooltoy_lease lease;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	START_BEFORE(deadline,
		     start_with(&scene, POOLTOY_CHECKOUT_OPTIONS(.deadline = deadline), &lease));
	expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &lease, POOLTOY_ETIMEDOUT);
	EXPECT(POOLTOY_ETIMEDOUT,
	       start_with(&scene, POOLTOY_CHECKOUT_OPTIONS(.deadline = deadline), NULL));
	EXPECT_STORY("poolio", "checkout", "timed out");
	expect_none(&scene);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	/* An idle worker is had for all that. */
	MUST(start_with(&scene, POOLTOY_CHECKOUT_OPTIONS(.deadline = deadline), NULL));
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, NULL, 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	CU_ASSERT_EQUAL(status_of(scene.pool).timeouts, 1);
	scene_close(&scene);
}

static void started_checkouts_of_high_priority_go_first(void)
{
	struct pooltoy_lease lease;
	struct scene scene;
	int normal, high;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	MUST(start_with(&scene, POOLTOY_CHECKOUT_OPTIONS(.deadline = 0), &normal));
	MUST(start_with(&scene, POOLTOY_CHECKOUT_OPTIONS(.priority = POOLTOY_PRIORITY_HIGH),
			&high));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &high, 0);
	expect_none(&scene);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &normal, 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static void a_started_checkouts_lease_is_its_clients(void)
{
	struct pooltoy_client *client;
	struct pooltoy_lease lease;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	MUST(pooltoy_client_open("connection 7", &client));
	MUST(start_with(&scene, POOLTOY_CHECKOUT_OPTIONS(.client = client), NULL));
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, NULL, 0);
	pooltoy_client_close(client);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	scene_close(&scene);
}

static int start_held_call_by(struct scene *scene, const struct pooltoy_lease *lease,
			      const struct pooltoy_call_options *options, void *tag)
{
	struct order order = { HOLD, 1, &scene->gate };

	return pooltoy_call_start_with(scene->queue, lease, &order, sizeof order, options, tag,
				       NULL);
}

static int start_task_by(struct scene *scene, const struct pooltoy_task_options *options, void *tag)
{
	struct order order = { DOUBLE, 1, NULL };

	return pooltoy_submit_start_with(scene->queue, scene->pool, &order, sizeof order, options,
					 tag, NULL);
}

/* The completions are there when the cancel returns, in the order in which their operations are left. */
static void one_token_ends_a_checkout_a_call_and_a_task(void)
{
	struct pooltoy_cancel_token *token = open_token();
	const struct pooltoy_completion *told[4];
	struct pooltoy_lease lease;
	struct scene scene;
	int types = 0;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	MUST(start_held_call_by(&scene, &lease, POOLTOY_CALL_OPTIONS(.cancel = token), NULL));
	CU_ASSERT(gate_await(&scene.gate));
	MUST(start_with(&scene, POOLTOY_CHECKOUT_OPTIONS(.cancel = token), NULL));
	MUST(start_task_by(&scene, POOLTOY_TASK_OPTIONS(.cancel = token), NULL));
	expect_none(&scene);
	pooltoy_cancel_token_cancel(token);
	CU_ASSERT_EQUAL(pooltoy_completion_queue_drain(scene.queue, told, 4), 3);
	for (int i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(told[i]->code, POOLTOY_ECANCELLED);
		types |= 1 << told[i]->type;
		pooltoy_completion_release(told[i]);
	}
	CU_ASSERT_EQUAL(types, 1 << POOLTOY_COMPLETION_CHECKOUT | 1 << POOLTOY_COMPLETION_CALL |
				       1 << POOLTOY_COMPLETION_TASK);
	CU_ASSERT_EQUAL(status_of(scene.pool).checkouts_cancelled, 1);
	CU_ASSERT_EQUAL(status_of(scene.pool).calls_cancelled, 1);
	CU_ASSERT_EQUAL(status_of(scene.pool).tasks_cancelled, 1);
	/* Its handler is interrupted, and returns. */
	AWAIT(pooltoy_checkin(&lease) == POOLTOY_OK);
	EXPECT(POOLTOY_ECANCELLED,
	       start_with(&scene, POOLTOY_CHECKOUT_OPTIONS(.cancel = token), NULL));
	EXPECT(POOLTOY_ECANCELLED,
	       start_task_by(&scene, POOLTOY_TASK_OPTIONS(.cancel = token), NULL));
	EXPECT_STORY("poolio", "submit", "cancelled");
	expect_none(&scene);
	pooltoy_cancel_token_close(token);
	scene_close(&scene);
}

static void what_is_over_is_not_cancelled(void)
{
	struct pooltoy_cancel_token *token = open_token();
	struct pooltoy_lease lease;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	MUST(start_with(&scene, POOLTOY_CHECKOUT_OPTIONS(.cancel = token), NULL));
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, NULL, 0);
	pooltoy_cancel_token_cancel(token);
	expect_none(&scene);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	pooltoy_cancel_token_close(token);
	CU_ASSERT_EQUAL(status_of(scene.pool).checkouts_cancelled, 0);
	scene_close(&scene);
}

static void a_token_that_is_closed_leaves_what_was_started_alone(void)
{
	struct pooltoy_cancel_token *token = open_token();
	struct pooltoy_lease lease;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	MUST(start_with(&scene, POOLTOY_CHECKOUT_OPTIONS(.cancel = token), NULL));
	MUST(start_task_by(&scene, POOLTOY_TASK_OPTIONS(.cancel = token), NULL));
	pooltoy_cancel_token_close(token);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	lease = expect(&scene, POOLTOY_COMPLETION_CHECKOUT, NULL, 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	expect(&scene, POOLTOY_COMPLETION_TASK, NULL, 0);
	scene_close(&scene);
}

/* A task that runs when its queue is closed outlives that; and the token. */
static void a_token_may_be_cancelled_and_closed_after_the_queue(void)
{
	struct pooltoy_cancel_token *token = open_token();
	struct order order;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	order = (struct order){ HOLD_DEAF, 1, &scene.gate };
	MUST(pooltoy_submit_start_with(scene.queue, scene.pool, &order, sizeof order,
				       POOLTOY_TASK_OPTIONS(.cancel = token), NULL, NULL));
	CU_ASSERT(gate_await(&scene.gate));
	pooltoy_completion_queue_close(scene.queue);
	scene.queue = NULL;
	pooltoy_cancel_token_cancel(token);
	pooltoy_cancel_token_close(token);
	gate_open(&scene.gate);
	AWAIT(status_of(scene.pool).tasks_run == 1);
	CU_ASSERT_EQUAL(status_of(scene.pool).tasks_cancelled, 0);
	scene_close(&scene);
}

static void a_started_calls_deadline_is_absolute(void)
{
	uint64_t deadline;
	struct pooltoy_lease lease;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	START_BEFORE(deadline,
		     start_held_call_by(&scene, &lease, POOLTOY_CALL_OPTIONS(.deadline = deadline),
					NULL));
	expect(&scene, POOLTOY_COMPLETION_CALL, NULL, POOLTOY_ETIMEDOUT);
	CU_ASSERT_EQUAL(status_of(scene.pool).calls_timed_out, 1);
	AWAIT(start_held_call_by(&scene, &lease, POOLTOY_CALL_OPTIONS(.deadline = deadline),
				 NULL) == POOLTOY_ETIMEDOUT);
	EXPECT_STORY("poolio", "call", "timed out");
	expect_none(&scene);
	AWAIT(pooltoy_checkin(&lease) == POOLTOY_OK);
	scene_close(&scene);
}

static void a_task_that_has_not_begun_at_its_deadline_never_runs(void)
{
	uint64_t deadline;
	struct pooltoy_lease lease;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	START_BEFORE(deadline,
		     start_task_by(&scene, POOLTOY_TASK_OPTIONS(.deadline = deadline), NULL));
	expect(&scene, POOLTOY_COMPLETION_TASK, NULL, POOLTOY_ETIMEDOUT);
	EXPECT(POOLTOY_ETIMEDOUT,
	       start_task_by(&scene, POOLTOY_TASK_OPTIONS(.deadline = deadline), NULL));
	expect_none(&scene);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	MUST(start_task_by(&scene, POOLTOY_TASK_OPTIONS(.deadline = POOLTOY_NEVER), NULL));
	expect(&scene, POOLTOY_COMPLETION_TASK, NULL, 0);
	CU_ASSERT_EQUAL(scene.troupe.calls, 1);
	CU_ASSERT_EQUAL(status_of(scene.pool).tasks_timed_out, 1);
	CU_ASSERT_EQUAL(status_of(scene.pool).tasks_cancelled, 0);
	scene_close(&scene);
}

/* Though no worker is up, nor will be for long. */
static void deadlines_pass_in_a_backoff_too(void)
{
	uint64_t deadline;
	struct scene scene;
	int checkout, task;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_restarts = POOLTOY_NONE,
					     .backoff_min = 60000, .backoff_max = 60000));
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_BACKOFF, 1);
	AWAIT(status_of(scene.pool).idle == 0); /* the old instance's worker is swept */
	START_BEFORE(deadline,
		     start_with(&scene, POOLTOY_CHECKOUT_OPTIONS(.deadline = deadline), &checkout));
	expect(&scene, POOLTOY_COMPLETION_CHECKOUT, &checkout, POOLTOY_ETIMEDOUT);
	START_BEFORE(deadline,
		     start_task_by(&scene, POOLTOY_TASK_OPTIONS(.deadline = deadline), &task));
	expect(&scene, POOLTOY_COMPLETION_TASK, &task, POOLTOY_ETIMEDOUT);
	CU_ASSERT_EQUAL(status_of(scene.pool).state, POOLTOY_POOL_BACKOFF);
	scene_close(&scene);
}

static void options_that_cannot_be_are_refused(void)
{
	struct pooltoy_checkout_options older = { .struct_size = sizeof(size_t) - 1 };
	struct pooltoy_lease lease;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	lease = check_out(&scene);
	EXPECT(POOLTOY_EINVAL, start_with(&scene, NULL, NULL));
	EXPECT(POOLTOY_EINVAL, start_with(&scene, &older, NULL));
	EXPECT(POOLTOY_EINVAL,
	       start_with(&scene, POOLTOY_CHECKOUT_OPTIONS(.priority = (enum pooltoy_priority)2),
			  NULL));
	EXPECT(POOLTOY_EINVAL, start_held_call_by(&scene, &lease, NULL, NULL));
	EXPECT(POOLTOY_EINVAL, start_task_by(&scene, NULL, NULL));
	EXPECT_STORY("task options");
	expect_none(&scene);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	scene_close(&scene);
}

SUITE(TEST(a_started_checkouts_deadline_is_absolute),
      TEST(started_checkouts_of_high_priority_go_first),
      TEST(a_started_checkouts_lease_is_its_clients),
      TEST(one_token_ends_a_checkout_a_call_and_a_task), TEST(what_is_over_is_not_cancelled),
      TEST(a_token_that_is_closed_leaves_what_was_started_alone),
      TEST(a_token_may_be_cancelled_and_closed_after_the_queue),
      TEST(a_started_calls_deadline_is_absolute),
      TEST(a_task_that_has_not_begun_at_its_deadline_never_runs),
      TEST(deadlines_pass_in_a_backoff_too), TEST(options_that_cannot_be_are_refused))
