/* SPDX-License-Identifier: MIT */
/* test_completion.c: tasks that nobody waits for, and the queue that all operations end in. */
#include "completions.h"

/* Tasks. */

static void tasks_and_their_replies(void)
{
	enum { TASKS = 300 };
	struct scene scene;
	int sum = 0, tags[TASKS];

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 3));
	for (int i = 0; i < TASKS; i++) {
		struct order order = { DOUBLE, i, NULL };

		MUST(pooltoy_submit_start(scene.queue, scene.pool, &order, sizeof order, &tags[i],
					  NULL));
	}
	for (int i = 0; i < TASKS; i++) {
		const struct pooltoy_completion *completion = next_completion(&scene);

		CU_ASSERT_EQUAL(completion->type, POOLTOY_COMPLETION_TASK);
		CU_ASSERT_EQUAL(completion->code, 0);
		CU_ASSERT(completion->worker >= 0);
		CU_ASSERT_EQUAL(answer_of(completion), 2 * (int)((int *)completion->tag - tags));
		sum += answer_of(completion);
		pooltoy_completion_release(completion);
	}
	CU_ASSERT_EQUAL(sum, TASKS * (TASKS - 1));
	expect_none(&scene);
	scene_close(&scene);
}

static void tasks_that_crash_are_cancelled_or_end_with_their_pool(void)
{
	struct scene scene;
	struct order hold = { HOLD_DEAF, 0, &scene.gate }, order = { BREAK, 0, NULL };
	struct pooltoy_pending pending;
	int tags[3];

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	MUST(pooltoy_submit_start(scene.queue, scene.pool, &order, sizeof order, &tags[0], NULL));
	expect(&scene, POOLTOY_COMPLETION_TASK, &tags[0], POOLTOY_ECRASHED);
	MUST(pooltoy_submit_start(scene.queue, scene.pool, &hold, sizeof hold, &tags[0], NULL));
	CU_ASSERT(gate_await(&scene.gate));
	MUST(pooltoy_submit_start(scene.queue, scene.pool, &order, sizeof order, &tags[1],
				  &pending));
	MUST(pooltoy_submit_start(scene.queue, scene.pool, &order, sizeof order, &tags[2], NULL));
	EXPECT(POOLTOY_OK, pooltoy_pending_cancel(&pending));
	expect(&scene, POOLTOY_COMPLETION_TASK, &tags[1], POOLTOY_ECANCELLED);
	gate_open(&scene.gate);
	EXPECT(POOLTOY_OK, pooltoy_stop_pool(scene.pool, SOON));
	for (int i = 0; i < 2; i++) {
		const struct pooltoy_completion *completion = next_completion(&scene);

		CU_ASSERT(completion->tag == &tags[0] || completion->code == POOLTOY_ESTOPPED ||
			  completion->code == POOLTOY_ECRASHED);
		pooltoy_completion_release(completion);
	}
	expect_none(&scene);
	scene_close(&scene);
}

static void a_task_that_is_refused_has_no_completion(void)
{
	struct scene scene;
	struct order order = { HOLD_DEAF, 0, &scene.gate };

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_tasks = 1));
	MUST(pooltoy_submit_start(scene.queue, scene.pool, &order, sizeof order, NULL, NULL));
	CU_ASSERT(gate_await(&scene.gate));
	MUST(pooltoy_submit_start(scene.queue, scene.pool, &order, sizeof order, NULL, NULL));
	EXPECT(POOLTOY_EAGAIN,
	       pooltoy_submit_start(scene.queue, scene.pool, &order, sizeof order, NULL, NULL));
	gate_open(&scene.gate);
	expect(&scene, POOLTOY_COMPLETION_TASK, NULL, 0);
	gate_open(&scene.gate);
	expect(&scene, POOLTOY_COMPLETION_TASK, NULL, 0);
	expect_none(&scene);
	scene_close(&scene);
}

/* The queue. */

static void completions_are_drained_in_batches_and_the_descriptor_tells_of_the_rest(void)
{
	const struct pooltoy_completion *completions[8];
	struct scene scene;
	int tags[10];

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 10));
	for (int i = 0; i < 10; i++)
		MUST(start_checkout(&scene, 0, &tags[i], NULL));
	EXPECT(0, pooltoy_completion_queue_drain(scene.queue, NULL, 0));
	for (int taken = 0; taken < 10;) {
		int count = pooltoy_completion_queue_drain(scene.queue, completions, 4);

		CU_ASSERT_EQUAL(count, taken < 8 ? 4 : 2);
		for (int i = 0; i < count; i++) {
			CU_ASSERT_PTR_EQUAL(completions[i]->tag, &tags[taken + i]);
			pooltoy_completion_release(completions[i]);
		}
		taken += count;
		CU_ASSERT_EQUAL(is_readable(&scene), taken < 10);
	}
	scene_close(&scene);
}

static void a_queue_is_closed_with_operations_under_way(void)
{
	const struct pooltoy_completion *kept;
	struct scene scene;
	struct pooltoy_lease lease, calling;
	struct gate task_gate;
	struct order order = { HOLD_DEAF, 1, &task_gate };

	gate_init(&task_gate);
	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 3, .grace = SOON));
	lease = check_out(&scene);
	MUST(tell_cast(&lease, (struct order){ COUNT, 1, NULL }));
	calling = check_out(&scene);
	MUST(start_call(&scene, &lease, (struct order){ GROW, 1000, NULL }, -1, NULL));
	kept = next_completion(&scene);
	start_held_call(&scene, &calling, SOON, NULL);
	CU_ASSERT(gate_await(&scene.gate));
	MUST(pooltoy_submit_start(scene.queue, scene.pool, &order, sizeof order, NULL, NULL));
	CU_ASSERT(gate_await(&task_gate));
	MUST(pooltoy_submit_start(scene.queue, scene.pool, &order, sizeof order, NULL, NULL));
	MUST(start_checkout(&scene, SOON, NULL, NULL));
	MUST(start_checkout(&scene, -1, NULL, NULL));
	MUST(start_call(&scene, &lease, (struct order){ DOUBLE, 1, NULL }, -1, NULL));
	pooltoy_completion_queue_close(scene.queue);
	scene.queue = NULL;

	CU_ASSERT_EQUAL(status_of(scene.pool).waiting, 0);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&calling));
	CU_ASSERT_EQUAL(((const unsigned char *)kept->reply)[999], pattern_at(999));
	pooltoy_completion_release(kept);
	gate_open(&task_gate); /* the call is interrupted, and opens its own */
	await_idle(scene.pool, 3);
	expect_service(scene.pool);
	scene_close(&scene);
	gate_destroy(&task_gate);
}

static void a_lease_that_nobody_drained_goes_back(void)
{
	struct scene scene;
	struct pooltoy_client *client;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 2));
	MUST(pooltoy_client_open("connection", &client));
	MUST(pooltoy_checkout_start(scene.queue, scene.pool, client, 0, NULL, NULL));
	MUST(start_checkout(&scene, 0, NULL, NULL));
	pooltoy_completion_queue_close(scene.queue);
	scene.queue = NULL;
	await_idle(scene.pool, 2);
	pooltoy_client_close(client);
	scene_close(&scene);
}

/* Several threads start, of two pools; one drains. */
enum { STARTERS = 3, ROUNDS = 400, KINDS = 3 };

struct starter {
	struct scene *scene;
	struct pooltoy_pool *other;
	unsigned char told[ROUNDS * KINDS];
};

static void *start_many(void *argument)
{
	struct starter *starter = argument;

	for (int round = 0; round < ROUNDS; round++) {
		struct order order = { DOUBLE, 1, NULL };
		struct pooltoy_pool *pool = round % 2 ? starter->other : starter->scene->pool;
		struct pooltoy_pending pending;
		unsigned char *tags = &starter->told[round * KINDS];
		int code;

		EXPECT(POOLTOY_OK, pooltoy_checkout_start(starter->scene->queue, pool, NULL, SOON,
							  &tags[0], NULL));
		code = pooltoy_checkout_start(starter->scene->queue, pool, NULL, 1 + round % 3,
					      &tags[1], &pending);
		CU_ASSERT_EQUAL(code, POOLTOY_OK);
		if (round % 5 == 0) {
			code = pooltoy_pending_cancel(&pending);
			CU_ASSERT(code == POOLTOY_OK || code == POOLTOY_ESTALE);
		}
		while (pooltoy_submit_start(starter->scene->queue, pool, &order, sizeof order,
					    &tags[2], NULL) == POOLTOY_EAGAIN)
			breathe();
	}
	return NULL;
}

/* A lease is called once, then checked in. True: one more completion of that tag is to come. */
static bool go_on(struct scene *scene, const struct pooltoy_completion *completion)
{
	struct order order = { DOUBLE, 1, NULL };

	switch (completion->type) {
	case POOLTOY_COMPLETION_CHECKOUT:
		CU_ASSERT(completion->code == 0 || completion->code == POOLTOY_ETIMEDOUT ||
			  completion->code == POOLTOY_ECANCELLED);
		return !completion->code &&
		       !pooltoy_call_start(scene->queue, &completion->lease, &order, sizeof order,
					   SOON, completion->tag, NULL);
	case POOLTOY_COMPLETION_CALL:
		EXPECT(POOLTOY_OK, pooltoy_checkin(&completion->lease));
		/* FALLTHROUGH */
	default:
		CU_ASSERT_EQUAL(completion->code, 0);
		CU_ASSERT_EQUAL(answer_of(completion), 2);
		return false;
	}
}

static void each_operation_of_many_threads_and_pools_is_told_of_once(void)
{
	struct scene scene;
	static struct starter starters[STARTERS];
	pthread_t threads[STARTERS];
	struct pooltoy_pool *other;
	int left = STARTERS * ROUNDS * KINDS;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 2));
	other = start_pool(&scene.stage, POOLTOY_POOL_SPEC(.name = "other", .worker = &doubler,
							   .size = 1, .max_overflow = 2));
	memset(starters, 0, sizeof starters);
	for (int i = 0; i < STARTERS; i++) {
		starters[i].scene = &scene;
		starters[i].other = other;
		threads[i] = begin(start_many, &starters[i]);
	}
	while (left > 0) {
		const struct pooltoy_completion *completion = next_completion(&scene);
		unsigned char *told = completion->tag;

		if (!go_on(&scene, completion)) {
			CU_ASSERT_EQUAL(*told, 0);
			*told = 1;
			left--;
		}
		pooltoy_completion_release(completion);
	}
	for (int i = 0; i < STARTERS; i++)
		finish(threads[i]);
	expect_none(&scene);
	stop_pool(other);
	await_idle(scene.pool, 2);
	scene_close(&scene);
}

static void arguments_that_make_no_sense_name_themselves(void)
{
	const struct pooltoy_lease no_lease = POOLTOY_LEASE_INIT;
	const struct pooltoy_pending none = POOLTOY_PENDING_INIT;
	const struct pooltoy_completion *completion;
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	EXPECT(POOLTOY_EINVAL, pooltoy_completion_queue_open(NULL));
	EXPECT_STORY("completion queue");
	EXPECT(POOLTOY_EINVAL, pooltoy_completion_queue_fd(NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_completion_queue_drain(NULL, &completion, 1));
	EXPECT(POOLTOY_EINVAL, pooltoy_completion_queue_drain(scene.queue, NULL, 1));
	EXPECT_STORY("completion queue", "completions");
	EXPECT(POOLTOY_EINVAL, pooltoy_checkout_start(NULL, scene.pool, NULL, 0, NULL, NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_checkout_start(scene.queue, NULL, NULL, 0, NULL, NULL));
	EXPECT_STORY("pool is NULL");
	EXPECT(POOLTOY_EINVAL, pooltoy_submit_start(NULL, scene.pool, NULL, 0, NULL, NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_submit_start(scene.queue, NULL, NULL, 0, NULL, NULL));
	EXPECT_STORY("pool is NULL");
	EXPECT(POOLTOY_EINVAL, pooltoy_submit_start(scene.queue, scene.pool, NULL, 1, NULL, NULL));
	EXPECT_STORY("poolio", "request is NULL");
	lease = check_out(&scene);
	EXPECT(POOLTOY_EINVAL, pooltoy_call_start(NULL, &lease, NULL, 0, 0, NULL, NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_call_start(scene.queue, &no_lease, NULL, 0, 0, NULL, NULL));
	EXPECT_STORY("lease");
	EXPECT(POOLTOY_EINVAL, pooltoy_call_start(scene.queue, &lease, NULL, 1, 0, NULL, NULL));
	EXPECT_STORY("poolio", "request is NULL");
	EXPECT(POOLTOY_EINVAL, pooltoy_pending_cancel(NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_pending_cancel(&none));
	EXPECT_STORY("pending");
	pooltoy_completion_release(NULL);
	pooltoy_completion_queue_close(NULL);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	expect_none(&scene);
	scene_close(&scene);
}

static void a_pool_without_workers_or_handler_refuses(void)
{
	static const struct pooltoy_worker_ops idler = POOLTOY_WORKER_OPS(.handle_call = NULL);
	struct scene scene;
	struct pooltoy_pool *empty, *idle;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	empty = start_pool(&scene.stage,
			   POOLTOY_POOL_SPEC(.name = "empty", .worker = &doubler, .size = 0));
	idle = start_pool(&scene.stage,
			  POOLTOY_POOL_SPEC(.name = "idle", .worker = &idler, .size = 1));
	EXPECT(POOLTOY_EFULL, pooltoy_checkout_start(scene.queue, empty, NULL, -1, NULL, NULL));
	EXPECT(POOLTOY_EFULL, pooltoy_submit_start(scene.queue, empty, NULL, 0, NULL, NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_submit_start(scene.queue, idle, NULL, 0, NULL, NULL));
	MUST(pooltoy_checkout(idle, SOON, &lease));
	EXPECT(POOLTOY_EINVAL, pooltoy_call_start(scene.queue, &lease, NULL, 0, -1, NULL, NULL));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	expect_none(&scene);
	pooltoy_pool_release(empty);
	pooltoy_pool_release(idle);
	scene_close(&scene);
}

SUITE(TEST(tasks_and_their_replies), TEST(tasks_that_crash_are_cancelled_or_end_with_their_pool),
      TEST(a_task_that_is_refused_has_no_completion),
      TEST(completions_are_drained_in_batches_and_the_descriptor_tells_of_the_rest),
      TEST(a_queue_is_closed_with_operations_under_way),
      TEST(a_lease_that_nobody_drained_goes_back),
      TEST(each_operation_of_many_threads_and_pools_is_told_of_once),
      TEST(arguments_that_make_no_sense_name_themselves),
      TEST(a_pool_without_workers_or_handler_refuses))
