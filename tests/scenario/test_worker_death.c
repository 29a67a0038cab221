/* SPDX-License-Identifier: MIT */
/* test_worker_death.c: workers that die, wherever they are, and those that take their places. */
#include "scenario/scene.h"

#include <string.h>

static void scene_open(struct scene *scene, int size, int max_overflow)
{
	scene_begin(scene, POOLTOY_POOL_SPEC(.size = size, .max_overflow = max_overflow,
					     .backoff_min = 5, .backoff_max = 20));
}

static void scene_close(struct scene *scene)
{
	expect_service(scene->pool);
	scene_end(scene);
}

static void expect_death(struct scene *scene, unsigned nth, const char *reason)
{
	const struct recorded *death =
		await_event(&scene->stage, "poolio", POOLTOY_EVENT_WORKER_DIED, nth);

	CU_ASSERT(death && strstr(death->reason, reason));
	CU_ASSERT(death && death->severity >= POOLTOY_WARNING);
	CU_ASSERT_PTR_NOT_NULL(strstr(status_of(scene->pool).last_reason, reason));
	CU_ASSERT_EQUAL(status_of(scene->pool).worker_deaths, nth);
	CU_ASSERT_EQUAL(scene->troupe.reason, POOLTOY_ECRASHED);
}

static void an_idle_worker_that_is_killed_is_replaced(void)
{
	struct scene scene;

	scene_open(&scene, 3, 0);
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(scene.pool, 1));
	expect_death(&scene, 1, "killed");
	await_idle(scene.pool, 3);
	CU_ASSERT_EQUAL(scene.troupe.inits, 4);
	CU_ASSERT_EQUAL(status_of(scene.pool).instance, 1); /* the pool did not notice */
	EXPECT(POOLTOY_ENOENT, pooltoy_kill_worker(scene.pool, 4000));
	EXPECT_STORY("poolio", "4000");
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(scene.pool, -1));
	expect_death(&scene, 2, "killed");
	scene_close(&scene);
}

static void a_leased_worker_that_is_killed_makes_its_lease_stale(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, 1, 0);
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(scene.pool, 0));
	EXPECT(POOLTOY_ESTALE, tell(&lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	expect_death(&scene, 1, "killed");
	scene_close(&scene);
}

/* A call behind a cast that holds its worker; the kill may come before it. */
static void *call_and_be_told(void *argument)
{
	struct scene *scene = argument;
	struct pooltoy_lease lease;
	int code;

	MUST(pooltoy_checkout(scene->pool, SOON, &lease));
	EXPECT(POOLTOY_OK, tell_cast(&lease, (struct order){ HOLD, 1, &scene->gate }));
	code = tell(&lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON);
	if (code != POOLTOY_ESTALE && EXPECT(POOLTOY_ECRASHED, code)) {
		EXPECT_STORY("poolio", "worker", "killed");
		scene->told++;
	}
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	return NULL;
}

static void a_call_that_waits_for_a_worker_that_is_killed_is_told(void)
{
	struct scene scene;
	pthread_t caller;

	scene_open(&scene, 1, 0);
	for (int round = 0; round < 200 && !scene.told; round++) {
		caller = begin(call_and_be_told, &scene);
		gate_await(&scene.gate);
		breathe();
		EXPECT(POOLTOY_OK, pooltoy_kill_worker(scene.pool, -1));
		finish(caller);
	}
	CU_ASSERT(scene.told > 0);
	CU_ASSERT_EQUAL(scene.troupe.calls, 0);
	scene_close(&scene);
}

static void *call_to_the_end(void *argument)
{
	struct scene *scene = argument;
	struct pooltoy_lease lease;
	int answer = 0;

	MUST(pooltoy_checkout(scene->pool, SOON, &lease));
	EXPECT(POOLTOY_OK, tell(&lease, (struct order){ HOLD, 21, &scene->gate }, &answer, SOON));
	CU_ASSERT_EQUAL(answer, 42);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	return NULL;
}

/* A kill is taken between callbacks: `interrupt` hurries the one that runs, and its reply counts. */
static void a_worker_killed_in_a_call_is_interrupted_and_finishes_it(void)
{
	struct scene scene;
	pthread_t caller;

	scene_open(&scene, 1, 0);
	caller = begin(call_to_the_end, &scene);
	gate_await(&scene.gate);
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(scene.pool, 0));
	EXPECT(POOLTOY_ENOENT, pooltoy_kill_worker(scene.pool, 0));
	finish(caller);
	CU_ASSERT_EQUAL(scene.troupe.interrupts, 1);
	expect_death(&scene, 1, "killed");
	scene_close(&scene);
}

/* Each way in which a handler can end its worker, and what its caller reads. */
static const struct {
	enum verb verb;
	const char *reason;
} deaths[] = {
	{ BREAK, "told to break" },
	{ LEAVE, "told to leave" },
	{ END_THREAD, "thread ended" },
};

static void a_caller_whose_worker_dies_is_told_why(void)
{
	for (unsigned i = 0; i < sizeof deaths / sizeof deaths[0]; i++) {
		struct scene scene;
		struct pooltoy_lease lease;

		scene_open(&scene, 1, 0);
		for (unsigned nth = 1; nth <= 3; nth++) {
			MUST(pooltoy_checkout(scene.pool, SOON, &lease));
			EXPECT(POOLTOY_ECRASHED,
			       tell(&lease, (struct order){ deaths[i].verb, 0, NULL }, NULL, SOON));
			EXPECT_STORY("poolio", "worker 0", deaths[i].reason);
			EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
			expect_death(&scene, nth, deaths[i].reason);
			await_idle(scene.pool, 1);
		}
		CU_ASSERT_EQUAL(scene.troupe.inits, 4);
		CU_ASSERT_EQUAL(status_of(scene.pool).restarts, 0);
		scene_close(&scene);
	}
}

static void the_longest_waiter_is_served_by_the_replacement(void)
{
	struct customer queue[4];
	struct scene scene;
	struct pooltoy_lease lease;

	memset(queue, 0, sizeof queue);
	scene_open(&scene, 1, 0);
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	for (int i = 0; i < 4; i++) {
		customer_come(&queue[i], scene.pool, -1);
		AWAIT(status_of(scene.pool).waiting == i + 1);
	}
	EXPECT(POOLTOY_ECRASHED, tell(&lease, (struct order){ BREAK, 0, NULL }, NULL, SOON));
	for (int i = 0; i < 4; i++) {
		EXPECT(POOLTOY_OK, customer_await(&queue[i]));
		CU_ASSERT(i == 3 || !customer_is_served(&queue[i + 1]));
		customer_go(&queue[i], CHECKIN);
	}
	CU_ASSERT_EQUAL(scene.troupe.inits, 2);
	scene_close(&scene);
}

static void a_worker_killed_in_init_is_terminated_and_replaced(void)
{
	struct scene scene;
	struct gate init_gate;

	gate_init(&init_gate);
	scene_open(&scene, 1, 0);
	scene.troupe.init_gate = &init_gate;
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(scene.pool, 0));
	gate_await(&init_gate); /* the replacement, in its init */
	CU_ASSERT_EQUAL(status_of(scene.pool).starting, 1);
	AWAIT(pooltoy_kill_worker(scene.pool, -1) == POOLTOY_OK);
	scene.troupe.init_gate = NULL;
	gate_open(&init_gate);
	expect_death(&scene, 2, "killed");
	await_idle(scene.pool, 1);
	CU_ASSERT_EQUAL(scene.troupe.inits, 3);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 2);
	scene_close(&scene);
	gate_destroy(&init_gate);
}

/* init ends the thread, the first time. */
static SHARED atomic_int exits_to_come;

static int exit_in_init(struct pooltoy_worker *self, void *argument, void **state)
{
	(void)argument;
	(void)state;
	if (exits_to_come-- > 0)
		pooltoy_worker_exit(self, "left in init");
	return 0;
}

static void exit_in_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	atomic_int *terminates = state;

	(void)reason;
	if (terminates)
		++*terminates;
	pooltoy_worker_exit(self, "left in terminate");
}

static int broken_reset(struct pooltoy_worker *self, void *state)
{
	(void)state;
	return pooltoy_worker_fail(self, "broken in reset");
}

static int double_it(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	return doubler.handle_call(self, state, request, length);
}

static const struct pooltoy_worker_ops leaver =
	POOLTOY_WORKER_OPS(.init = exit_in_init, .handle_call = double_it, .reset = broken_reset,
			   .terminate = exit_in_terminate);

static void a_worker_may_leave_in_init_in_reset_and_in_terminate(void)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	struct customer client = { 0 };
	const struct recorded *told;

	exits_to_come = 2;
	stage_open(&stage);
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &leaver, .size = 1,
						    .backoff_min = 1));
	expect_service(pool);
	told = await_event(&stage, "poolio", POOLTOY_EVENT_WORKER_START_FAILED, 2);
	CU_ASSERT(told && strstr(told->reason, "left in init"));
	customer_come(&client, pool, SOON);
	MUST(customer_await(&client));
	customer_go(&client, JUST_RETURN);
	told = await_event(&stage, "poolio", POOLTOY_EVENT_WORKER_DIED, 1);
	CU_ASSERT(told && strstr(told->reason, "broken in reset"));
	expect_service(pool);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

static void overflow_workers_start_for_who_waits_and_leave_when_nobody_does(void)
{
	struct customer customers[3];
	struct scene scene;
	struct pooltoy_lease more;

	memset(customers, 0, sizeof customers);
	scene_open(&scene, 1, 2);
	for (int i = 0; i < 3; i++) {
		customer_come(&customers[i], scene.pool, SOON);
		EXPECT(POOLTOY_OK, customer_await(&customers[i]));
	}
	CU_ASSERT_EQUAL(status_of(scene.pool).overflow, 2);
	CU_ASSERT_EQUAL(status_of(scene.pool).state, POOLTOY_POOL_FULL);
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_checkout(scene.pool, 10, &more)); /* no third */
	for (int i = 0; i < 3; i++)
		customer_go(&customers[i], CHECKIN);
	AWAIT(status_of(scene.pool).overflow == 0 && status_of(scene.pool).stopping == 0);
	await_idle(scene.pool, 1);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_STOPPED, 2);
	CU_ASSERT_EQUAL(scene.troupe.most_on_stage, 3);
	CU_ASSERT_EQUAL(scene.troupe.reason, 0); /* dismissed, not crashed */
	CU_ASSERT_EQUAL(status_of(scene.pool).worker_deaths, 0);
	scene_close(&scene);
}

static void an_overflow_worker_that_dies_leaves_room_for_another(void)
{
	struct scene scene;
	struct pooltoy_lease first, second;

	scene_open(&scene, 1, 1);
	MUST(pooltoy_checkout(scene.pool, SOON, &first));
	for (int i = 0; i < 5; i++) {
		MUST(pooltoy_checkout(scene.pool, SOON, &second));
		EXPECT(POOLTOY_ECRASHED,
		       tell(&second, (struct order){ LEAVE, 0, NULL }, NULL, SOON));
	}
	AWAIT(status_of(scene.pool).overflow == 0);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&first));
	CU_ASSERT_EQUAL(scene.troupe.most_on_stage, 2);
	scene_close(&scene);
}

static void a_worker_whose_init_fails_for_ever_leaves_the_pool_degraded(void)
{
	struct troupe broken = { .failing_inits = 1000000 }, sound = { 0 };
	struct stage stage;
	struct pooltoy_pool *poolio, *pooly;
	struct pooltoy_pool_status status;
	struct pooltoy_lease lease;
	const struct recorded *told;

	stage_open(&stage);
	poolio = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
						      .argument = &broken, .size = 2,
						      .backoff_min = 20, .backoff_max = 40));
	pooly = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "pooly", .worker = &puppet_ops,
						     .argument = &sound, .size = 2));
	AWAIT(status_of(poolio).state == POOLTOY_POOL_DEGRADED);
	told = await_event(&stage, "poolio", POOLTOY_EVENT_WORKER_START_FAILED, 6);
	CU_ASSERT(told && strstr(told->reason, "no strings"));
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_checkout(poolio, 50, &lease));
	EXPECT_STORY("poolio", "init failed", "no strings");
	status = status_of(poolio);
	CU_ASSERT_PTR_NOT_NULL(strstr(status.last_reason, "no strings"));
	CU_ASSERT(status.start_failures >= 6);
	CU_ASSERT_EQUAL(status.worker_deaths, 0);
	CU_ASSERT_EQUAL(status.restarts, 0); /* the pool stays up */
	for (int i = 0; i < 100; i++)
		expect_service(pooly);
	CU_ASSERT_EQUAL(sound.calls, 100);

	broken.failing_inits = 0; /* and when the cause is gone, it heals */
	expect_service(poolio);
	await_idle(poolio, 2);
	CU_ASSERT_EQUAL(status_of(poolio).state, POOLTOY_POOL_READY);
	pooltoy_pool_release(poolio);
	pooltoy_pool_release(pooly);
	stage_close(&stage);
}

static void failing_inits_back_off(void)
{
	struct troupe broken = { .failing_inits = 1000000 };
	struct stage stage;
	struct pooltoy_pool *pool;
	uint64_t begun = now_ms();
	unsigned failures;

	stage_open(&stage);
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
						    .argument = &broken, .size = 1,
						    .backoff_min = 20, .backoff_max = 80));
	await_event(&stage, "poolio", POOLTOY_EVENT_WORKER_START_FAILED, 6);
	/* 20, 40, 80, 80, 80, each at least half of that with its jitter. */
	CU_ASSERT(now_ms() - begun >= 150);
	failures = events(&stage, "poolio", POOLTOY_EVENT_WORKER_START_FAILED);
	CU_ASSERT(failures <= 6 + (now_ms() - begun - 150) / 40 + 1);
	stop_pool(pool); /* also while it waits out a backoff */
	stage_close(&stage);
}

SUITE(TEST(an_idle_worker_that_is_killed_is_replaced),
      TEST(a_leased_worker_that_is_killed_makes_its_lease_stale),
      TEST(a_call_that_waits_for_a_worker_that_is_killed_is_told),
      TEST(a_worker_killed_in_a_call_is_interrupted_and_finishes_it),
      TEST(a_caller_whose_worker_dies_is_told_why),
      TEST(the_longest_waiter_is_served_by_the_replacement),
      TEST(a_worker_killed_in_init_is_terminated_and_replaced),
      TEST(a_worker_may_leave_in_init_in_reset_and_in_terminate),
      TEST(overflow_workers_start_for_who_waits_and_leave_when_nobody_does),
      TEST(an_overflow_worker_that_dies_leaves_room_for_another),
      TEST(a_worker_whose_init_fails_for_ever_leaves_the_pool_degraded),
      TEST(failing_inits_back_off))
