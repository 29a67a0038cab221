/* SPDX-License-Identifier: MIT */
/* test_abandoned.c: calls whose callers have left: what their handlers, workers and pools make of it. */
#include "scenario/scene.h"

static void begin_with(struct scene *scene, const struct pooltoy_worker_ops *ops, int size,
		       int grace)
{
	scene_begin(scene, POOLTOY_POOL_SPEC(.worker = ops, .size = size, .shutdown = SOON,
					     .grace = grace));
}

static void abandon(struct scene *scene, const struct pooltoy_lease *lease)
{
	call_and_leave(lease, &scene->gate, NULL, 5);
}

static void without_an_interrupt_its_end_is_waited_for(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	begin_with(&scene, &plain_puppet_ops, 1, SOON);
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	abandon(&scene, &lease);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	CU_ASSERT_EQUAL(status_of(scene.pool).resetting, 1);
	gate_open(&scene.gate);
	await_idle(scene.pool, 1); /* there is no `reset` either */
	expect_service(scene.pool);
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	CU_ASSERT_EQUAL(scene.troupe.interrupts + scene.troupe.resets, 0);
	scene_end(&scene);
}

/* A handler that asks, once its caller has left, how much time that has. */
static SHARED struct gate time_gate;
static SHARED atomic_int time_before, time_after;

static int ask_for_the_time(struct pooltoy_worker *self, void *state, const void *request,
			    size_t length)
{
	(void)state;
	(void)request;
	time_before = pooltoy_worker_time_left(self);
	gate_pass(&time_gate);
	/* A child is told by its worker's thread, a moment later. */
	do
		time_after = pooltoy_worker_time_left(self);
	while (ISOLATED && time_after != 0);
	return pooltoy_reply(self, &length, sizeof length);
}

static void *call_for_ever(void *lease)
{
	EXPECT(POOLTOY_OK, pooltoy_call(lease, NULL, 0, NULL, NULL, -1));
	CU_FAIL("not reached: it is cancelled");
	return NULL;
}

static void its_handler_has_no_time_left(void)
{
	static const struct pooltoy_worker_ops ops =
		POOLTOY_WORKER_OPS(.handle_call = ask_for_the_time);
	struct scene scene;
	struct pooltoy_lease lease;
	pthread_t caller;

	gate_init(&time_gate);
	begin_with(&scene, &ops, 1, SOON);
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	caller = begin(call_for_ever, &lease);
	gate_await(&time_gate);
	pthread_cancel(caller);
	finish(caller);
	time_after = 1;
	gate_open(&time_gate);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	await_idle(scene.pool, 1);
	CU_ASSERT_EQUAL(time_before, -1);
	CU_ASSERT_EQUAL(time_after, 0);
	scene_end(&scene);
	gate_destroy(&time_gate);
}

/* `interrupt`, on the caller's thread, ends that thread. */
static SHARED atomic_int ended_by_interrupt;

static void end_the_caller(struct pooltoy_worker *self, void *state)
{
	(void)self;
	(void)state;
	ended_by_interrupt++;
	pthread_exit(NULL);
}

static void *call_and_be_ended(void *argument)
{
	struct scene *scene = argument;
	struct pooltoy_lease lease;

	EXPECT(POOLTOY_OK, pooltoy_checkout(scene->pool, SOON, &lease));
	while (EXPECT(POOLTOY_ETIMEDOUT,
		      tell(&lease, (struct order){ HOLD_DEAF, 1, &scene->gate }, NULL, 5)))
		; /* until the handler has begun before the caller leaves */
	return NULL;
}

static void interrupt_may_end_the_callers_thread(void)
{
	struct pooltoy_worker_ops ops = puppet_ops;
	struct scene scene;

	SKIP_IF_ISOLATED("it runs on a thread of the child");
	ops.interrupt = end_the_caller;
	begin_with(&scene, &ops, 1, SOON);
	finish(begin(call_and_be_ended, &scene));
	CU_ASSERT_EQUAL(ended_by_interrupt, 1);
	CU_ASSERT_EQUAL(status_of(scene.pool).client_deaths, 1);
	CU_ASSERT_EQUAL(status_of(scene.pool).resetting, 1);
	gate_await(&scene.gate);
	gate_open(&scene.gate);
	await_idle(scene.pool, 1);
	CU_ASSERT_EQUAL(scene.troupe.resets, 1);
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	scene_end(&scene);
}

/* Of the worker that is overdue, and at the gate: a child is killed, and does not terminate. */
static void await_end_of(struct scene *scene)
{
	await_event(&scene->stage, "poolio", EVENT_OVERDUE, 1);
	if (ISOLATED) {
		scene->troupe.on_stage--;
		return;
	}
	gate_open(&scene->gate);
	await_event(&scene->stage, "poolio", POOLTOY_EVENT_WORKER_RETURNED, 1);
}

/* Some in a row, of one worker, and then one that stays: its grace is counted from its own end. */
static void each_has_a_grace_of_its_own(void)
{
	enum { GRACE = 2000 }; /* a busy machine opens the gate in time, too */
	struct scene scene;
	struct pooltoy_lease lease;
	uint64_t left;

	begin_with(&scene, &puppet_ops, 1, GRACE);
	for (int i = 0; i < 5; i++) {
		MUST(pooltoy_checkout(scene.pool, SOON, &lease));
		abandon(&scene, &lease);
		EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
		gate_open(&scene.gate);
	}
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	left = now_ms();
	abandon(&scene, &lease);
	AWAIT(pooltoy_lease_worker(&lease) == POOLTOY_ESTALE);
	CU_ASSERT(now_ms() - left >= GRACE);
	await_end_of(&scene);
	scene_end(&scene);
}

/* Two workers, a call of each abandoned, one after the other: when the second has used up its grace,
 * so has the first; but that had come back. */
static void who_came_back_in_time_is_not_ended_for_it_later(void)
{
	struct scene scene;
	struct pooltoy_lease forgiven, stuck;
	int survivor;

	begin_with(&scene, &puppet_ops, 2, 2000); /* in time on a busy machine, too */
	MUST(pooltoy_checkout(scene.pool, SOON, &forgiven));
	MUST(pooltoy_checkout(scene.pool, SOON, &stuck));
	survivor = pooltoy_lease_worker(&forgiven);
	abandon(&scene, &forgiven);
	gate_open(&scene.gate);
	while (tell(&forgiven, (struct order){ .verb = DOUBLE }, NULL, SOON) == POOLTOY_EBUSY)
		breathe();
	abandon(&scene, &stuck);
	await_event(&scene.stage, "poolio", EVENT_OVERDUE, 1);
	EXPECT(survivor, pooltoy_lease_worker(&forgiven));
	EXPECT(POOLTOY_OK, tell(&forgiven, (struct order){ .verb = DOUBLE }, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&forgiven));
	await_end_of(&scene);
	CU_ASSERT_EQUAL(events(&scene.stage, "poolio", EVENT_OVERDUE), 1);
	scene_end(&scene);
}

static int count_quarantined(const struct pooltoy_node *node, void *count)
{
	if (node->type == POOLTOY_NODE_WORKER)
		*(int *)count += node->state == POOLTOY_WORKER_QUARANTINED;
	return 0;
}

static void a_walk_shows_who_is_in_quarantine(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	int count = 0;

	SKIP_IF_ISOLATED("a child that does not come back is killed, not quarantined");
	begin_with(&scene, &puppet_ops, 1, 1);
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	MUST(tell_cast(&lease, (struct order){ HOLD_DEAF, 1, &scene.gate }));
	gate_await(&scene.gate);
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(scene.pool, 0));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_QUARANTINED, 1);
	EXPECT(0, pooltoy_walk(scene.stage.supervisor, count_quarantined, &count));
	CU_ASSERT_EQUAL(count, 1);
	gate_open(&scene.gate);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_RETURNED, 1);
	scene_end(&scene);
}

SUITE(TEST(without_an_interrupt_its_end_is_waited_for), TEST(its_handler_has_no_time_left),
      TEST(interrupt_may_end_the_callers_thread), TEST(each_has_a_grace_of_its_own),
      TEST(who_came_back_in_time_is_not_ended_for_it_later),
      TEST(a_walk_shows_who_is_in_quarantine))
