/* SPDX-License-Identifier: MIT */
/* test_quarantine.c: handlers that hang: interrupted, then left behind, reported, and counted. */
#include "scenario/scene.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void scene_open(struct scene *scene, int size, int shutdown, int grace)
{
	scene_begin(scene, POOLTOY_POOL_SPEC(.release = puppet_release, .size = size,
					     .shutdown = shutdown, .grace = grace));
}

static void scene_close(struct scene *scene)
{
	scene_end(scene);
	CU_ASSERT_EQUAL(scene->troupe.releases, 1);
}

static void hang_one(struct scene *scene, struct pooltoy_lease *lease)
{
	MUST(pooltoy_checkout(scene->pool, SOON, lease));
	call_and_leave(lease, &scene->gate, NULL, 10);
}

static void a_handler_that_hangs_is_interrupted_quarantined_and_replaced(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	struct pooltoy_pool_status status;
	const struct recorded *told;

	scene_open(&scene, 1, 0, 30);
	hang_one(&scene, &lease);
	CU_ASSERT_EQUAL(scene.troupe.interrupts, 1);
	/* Whether the lease is checked in or not: the pool has its worker again. */
	told = await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_QUARANTINED, 1);
	CU_ASSERT(told && told->worker == 0 && told->severity >= POOLTOY_WARNING);
	CU_ASSERT(told && told->reason[0]);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	expect_service(scene.pool);
	status = status_of(scene.pool);
	CU_ASSERT_EQUAL(status.quarantined, 1);
	CU_ASSERT_EQUAL(status.idle, 1);
	CU_ASSERT_EQUAL(scene.troupe.on_stage, 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(status.last_reason, "user code"));

	gate_open(&scene.gate); /* it comes back, is terminated, and is no more */
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_RETURNED, 1);
	AWAIT(status_of(scene.pool).quarantined == 0);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 1);
	CU_ASSERT_EQUAL(status_of(scene.pool).idle, 1);
	stop_pool(pooltoy_pool_retain(scene.pool));
	CU_ASSERT_EQUAL(scene.troupe.releases, 1);
	scene_close(&scene);
}

static void a_handler_that_ends_within_its_grace_is_forgiven(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, 1, 0, SOON);
	hang_one(&scene, &lease);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	gate_open(&scene.gate);
	expect_service(scene.pool);
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	CU_ASSERT_EQUAL(events(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_QUARANTINED), 0);
	scene_close(&scene);
}

static void a_killed_worker_that_does_not_come_back_is_quarantined(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, 1, 0, 20);
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	MUST(tell_cast(&lease, (struct order){ HOLD_DEAF, 1, &scene.gate }));
	gate_await(&scene.gate);
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(scene.pool, 0));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_QUARANTINED, 1);
	CU_ASSERT_EQUAL(scene.troupe.interrupts, 1);
	expect_service(scene.pool);
	gate_open(&scene.gate);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_RETURNED, 1);
	scene_close(&scene);
}

static void a_restart_leaves_a_stuck_worker_behind(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, 1, 20, 20);
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	MUST(tell_cast(&lease, (struct order){ HOLD_DEAF, 1, &scene.gate }));
	gate_await(&scene.gate);
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
	await_service(scene.pool);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_QUARANTINED, 1);
	CU_ASSERT_EQUAL(scene.troupe.interrupts, 1);
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool)); /* it is known to the next one, too */
	AWAIT(status_of(scene.pool).restarts == 2);
	await_service(scene.pool);
	CU_ASSERT_EQUAL(status_of(scene.pool).quarantined, 1);
	gate_open(&scene.gate);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_RETURNED, 1);
	AWAIT(status_of(scene.pool).quarantined == 0);
	scene_close(&scene);
}

static void a_stop_says_quarantined_and_release_runs_once_at_the_very_end(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, 2, 0, 20);
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	MUST(tell_cast(&lease, (struct order){ HOLD_DEAF, 1, &scene.gate }));
	gate_await(&scene.gate);
	EXPECT(POOLTOY_EQUARANTINED, pooltoy_stop_pool(scene.pool, 20));
	EXPECT_STORY("poolio", "1");
	CU_ASSERT_EQUAL(scene.troupe.interrupts, 1);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 1); /* of the one that was well */
	CU_ASSERT_EQUAL(scene.troupe.releases, 0);
	EXPECT(POOLTOY_ESTOPPED, pooltoy_stop_pool(scene.pool, 20));
	gate_open(&scene.gate);
	AWAIT(scene.troupe.releases == 1);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 2);
	scene_close(&scene);
}

static void a_stuck_thread_may_come_back_when_its_supervisor_is_long_gone(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, 2, 0, 20);
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	MUST(tell_cast(&lease, (struct order){ HOLD_DEAF, 1, &scene.gate }));
	gate_await(&scene.gate);
	EXPECT(POOLTOY_EQUARANTINED, pooltoy_supervisor_stop(scene.stage.supervisor, 20));
	EXPECT_STORY("1 thread");
	scene.stage.supervisor = NULL;
	CU_ASSERT_EQUAL(scene.troupe.releases, 0);
	gate_open(&scene.gate);
	AWAIT(scene.troupe.releases == 1);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease)); /* the handle keeps the memory */
	scene_close(&scene);
}

/* More stuck threads than the pool has workers, again and again: bounded, and it serves in between. */
static void many_stuck_threads_are_counted_and_bounded(void)
{
	enum { STUCK = 6 };
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, 1, 0, 10);
	for (unsigned i = 1; i <= STUCK; i++) {
		hang_one(&scene, &lease);
		await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_QUARANTINED, i);
		AWAIT(status_of(scene.pool).quarantined == (int)i);
		expect_service(scene.pool);
	}
	for (unsigned i = 1; i <= STUCK; i++)
		gate_open(&scene.gate);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_RETURNED, STUCK);
	expect_service(scene.pool);
	CU_ASSERT_EQUAL(scene.troupe.on_stage, 1);
	scene_close(&scene);
}

/* What it crashes of is in the events, in its status, and in what its clients are told. */
static void a_stuck_thread_more_than_may_be_crashes_the_pool_which_says_so(void)
{
	static const char reason[] =
		"manager: workers in quarantine: 1, and 0 may be (max_quarantined)";
	struct scene scene;
	struct pooltoy_lease lease;
	const struct recorded *told;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.release = puppet_release, .size = 2, .grace = 10,
					      .max_quarantined = POOLTOY_NONE, .backoff_min = 1,
					      .give_up_after = 1));
	hang_one(&scene, &lease);
	told = await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_CRASHED, 1);
	CU_ASSERT(told && told->severity == POOLTOY_WARNING && !strcmp(told->reason, reason));
	told = await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_FAILED, 1);
	CU_ASSERT(told && !strcmp(told->reason, reason));
	EXPECT(POOLTOY_EFAILED, pooltoy_checkout(scene.pool, SOON, &lease));
	EXPECT_STORY("poolio", reason);
	CU_ASSERT_STRING_EQUAL(status_of(scene.pool).last_reason, reason);
	CU_ASSERT_EQUAL(status_of(scene.pool).quarantined, 1);

	gate_open(&scene.gate);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_RETURNED, 1);
	EXPECT(POOLTOY_OK, pooltoy_pool_revive(scene.pool));
	await_service(scene.pool);
	scene_close(&scene);
}

/* A worker that is stuck in one of its callbacks, the first time that it is there. */
enum callback { NONE, INIT, CALL, TASK, CAST, RESET, TERMINATE, PING };
static const char *const callback_names[] = {
	"", "init", "handle_call", "handle_call", "handle_cast", "reset", "terminate", "ping"
};
static struct {
	atomic_int callback; /* in which */
	struct gate gate;
} snare;

static int pass_snare(int callback)
{
	if (atomic_compare_exchange_strong(&snare.callback, &callback, NONE))
		gate_pass(&snare.gate);
	return 0;
}

static int snare_init(struct pooltoy_worker *self, void *argument, void **state)
{
	(void)self;
	*state = argument;
	return pass_snare(INIT);
}

static int snare_call(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	(void)self;
	(void)state;
	(void)request;
	return pass_snare(length > 0 ? TASK : CALL);
}

static int snare_cast(struct pooltoy_worker *self, void *state, const void *message, size_t length)
{
	(void)self;
	(void)state;
	(void)message;
	(void)length;
	return pass_snare(CAST);
}

static int snare_reset(struct pooltoy_worker *self, void *state)
{
	(void)self;
	(void)state;
	return pass_snare(RESET);
}

static int snare_ping(struct pooltoy_worker *self, void *state)
{
	(void)self;
	(void)state;
	return pass_snare(PING);
}

static void snare_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	(void)self;
	(void)state;
	(void)reason;
	pass_snare(TERMINATE);
}

static const struct pooltoy_worker_ops snare_ops =
	POOLTOY_WORKER_OPS(.init = snare_init, .handle_call = snare_call, .handle_cast = snare_cast,
			   .reset = snare_reset, .ping = snare_ping, .terminate = snare_terminate);

static void go_into(struct pooltoy_pool *pool, enum callback callback)
{
	struct pooltoy_lease lease;

	if (callback == INIT || callback == TERMINATE || callback == PING)
		return; /* by itself, or as it is killed */
	if (callback == TASK) {
		MUST(pooltoy_submit(pool, "x", 1, NULL, NULL, NULL));
		return;
	}
	MUST(pooltoy_checkout(pool, SOON, &lease));
	if (callback == CALL)
		EXPECT(POOLTOY_ETIMEDOUT, pooltoy_call(&lease, NULL, 0, NULL, NULL, 1));
	else if (callback == CAST)
		MUST(pooltoy_cast(&lease, NULL, 0));
	else
		MUST(pooltoy_checkin_failed(&lease, POOLTOY_RESET, NULL));
}

static void be_stuck_in(enum callback callback)
{
	struct stage stage;
	struct pooltoy_pool *pool;
	const struct recorded *told;
	char expected[64];

	gate_init(&snare.gate);
	atomic_store(&snare.callback, callback);
	stage_open(&stage);
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &snare_ops,
						    .size = 1, .grace = 10,
						    .ping_interval = callback == PING ? 1 : 0));
	go_into(pool, callback);
	if (callback == TERMINATE)
		await_idle(pool, 1);
	else
		gate_await(&snare.gate);
	/* Of a call that was left the library has seen to that itself, perhaps. */
	EXPECT(POOLTOY_OK, callback == CALL ? POOLTOY_OK : pooltoy_kill_worker(pool, 0));
	if (callback == TERMINATE)
		gate_await(&snare.gate);
	told = await_event(&stage, "poolio", POOLTOY_EVENT_WORKER_QUARANTINED, 1);
	snprintf(expected, sizeof expected, "does not come back from user code: %s%s",
		 callback_names[callback],
		 access("/proc/thread-self/syscall", R_OK) ? "" : "; it is in system call ");
	CU_ASSERT(told && strstr(told->reason, expected) == told->reason);
	gate_open(&snare.gate);
	await_event(&stage, "poolio", POOLTOY_EVENT_WORKER_RETURNED, 1);
	pooltoy_pool_release(pool);
	stage_close(&stage);
	gate_destroy(&snare.gate);
}

static void the_event_names_the_callback_and_what_the_kernel_says(void)
{
	for (int callback = INIT; callback <= PING; callback++)
		be_stuck_in((enum callback)callback);
}

/* An `interrupt` that blocks delays the worker that it is about, and no other. */
static struct gate interrupt_gate;

static void slow_interrupt(struct pooltoy_worker *self, void *state)
{
	gate_pass(&interrupt_gate);
	puppet_ops.interrupt(self, state);
}

static void the_state_stays_while_interrupt_is_in_it(void)
{
	struct pooltoy_worker_ops ops = puppet_ops;
	struct troupe troupe = { 0 };
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;
	struct gate gate;

	gate_init(&gate);
	gate_init(&interrupt_gate);
	ops.interrupt = slow_interrupt;
	stage_open(&stage);
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &ops,
						    .argument = &troupe, .size = 1, .grace = 50));
	MUST(pooltoy_checkout(pool, SOON, &lease));
	MUST(tell_cast(&lease, (struct order){ HOLD_DEAF, 1, &gate }));
	gate_await(&gate);
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(pool, 0));
	gate_await(&interrupt_gate); /* interrupt runs, and takes its time */
	gate_open(&gate);            /* the handler returns meanwhile */
	expect_service(pool);        /* the replacement does not wait for that */
	CU_ASSERT_EQUAL(troupe.terminates, 0);
	gate_open(&interrupt_gate);
	AWAIT(troupe.terminates == 1);
	AWAIT(status_of(pool).quarantined == 0); /* its grace was over meanwhile */
	CU_ASSERT_EQUAL(troupe.interrupts, 1);
	pooltoy_pool_release(pool);
	stage_close(&stage);
	gate_destroy(&gate);
	gate_destroy(&interrupt_gate);
}

SUITE(TEST(a_handler_that_hangs_is_interrupted_quarantined_and_replaced),
      TEST(a_handler_that_ends_within_its_grace_is_forgiven),
      TEST(a_killed_worker_that_does_not_come_back_is_quarantined),
      TEST(a_restart_leaves_a_stuck_worker_behind),
      TEST(a_stop_says_quarantined_and_release_runs_once_at_the_very_end),
      TEST(a_stuck_thread_may_come_back_when_its_supervisor_is_long_gone),
      TEST(many_stuck_threads_are_counted_and_bounded),
      TEST(a_stuck_thread_more_than_may_be_crashes_the_pool_which_says_so),
      TEST(the_event_names_the_callback_and_what_the_kernel_says),
      TEST(the_state_stays_while_interrupt_is_in_it))
