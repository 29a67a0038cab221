/* SPDX-License-Identifier: MIT */
/* test_task_ends.c: tasks, and the ends of workers, of instances and of pools; and what a `done` may do. */
#include "scenario/tasks.h"

#include <string.h>

/* Restarts and ends. */

static void waiting_tasks_survive_a_restart_and_a_running_one_does_not(void)
{
	struct told running, waiting;
	struct scene scene;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1, .shutdown = 1));
	told_init(&running);
	told_init(&waiting);
	/* HOLD ends when it is interrupted; then the handler returns, and its reply counts. */
	MUST(submit_order(&scene, (struct order){ HOLD, 1, &scene.gate }, &running));
	CU_ASSERT(gate_await(&scene.gate));
	MUST(submit_order(&scene, (struct order){ DOUBLE, 21, NULL }, &waiting));
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
	CU_ASSERT_EQUAL(await_told(&running), 0);
	CU_ASSERT_EQUAL(await_told(&waiting), 0);
	CU_ASSERT_EQUAL(waiting.answer, 42);
	AWAIT(status_of(scene.pool).instance == 2);
	CU_ASSERT_EQUAL(scene.troupe.inits, 2); /* the second by the next instance's worker */
	CU_ASSERT_EQUAL(scene.troupe.calls, 2);
	scene_end(&scene);
}

static void tasks_wait_out_a_backoff(void)
{
	struct told told;
	struct scene scene;

	scene_begin(&scene,
		    POOLTOY_POOL_SPEC(.size = 1, .max_restarts = POOLTOY_NONE, .backoff_min = 50));
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_BACKOFF, 1);
	CU_ASSERT_EQUAL(tell_any(&scene, (struct order){ DOUBLE, 4, NULL }, &told), 0);
	CU_ASSERT_EQUAL(told.answer, 8);
	scene_end(&scene);
}

static void a_pool_that_fails_ends_its_tasks_and_takes_them_again_when_revived(void)
{
	struct told holding, told, refused;
	struct scene scene;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_restarts = POOLTOY_NONE,
					      .give_up_after = POOLTOY_NONE));
	hold_worker(&scene, &holding);
	told_init(&told);
	MUST(submit_order(&scene, (struct order){ DOUBLE, 4, NULL }, &told));
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
	CU_ASSERT_EQUAL(await_told(&told), POOLTOY_EFAILED);
	CU_ASSERT_EQUAL(told.worker, -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(told.reason, "killed"));
	told_init(&refused);
	EXPECT(POOLTOY_EFAILED, submit_order(&scene, (struct order){ DOUBLE, 4, NULL }, &refused));
	EXPECT_STORY("poolio", "submit", "killed");
	let_worker_go(&scene, &holding);
	EXPECT(POOLTOY_OK, pooltoy_pool_revive(scene.pool));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED, 1);
	CU_ASSERT_EQUAL(tell_any(&scene, (struct order){ DOUBLE, 5, NULL }, &told), 0);
	CU_ASSERT_EQUAL(refused.times, 0);
	tokens_destroy(&refused.news);
	scene_end(&scene);
}

static void *stop_it(void *argument)
{
	struct scene *scene = argument;

	EXPECT(POOLTOY_OK, pooltoy_stop_pool(scene->pool, SOON));
	return NULL;
}

static void a_stop_ends_waiting_tasks_and_lets_running_ones_finish(void)
{
	struct told holding, told[2];
	struct scene scene;
	pthread_t stopper;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1));
	hold_worker(&scene, &holding);
	for (int i = 0; i < 2; i++) {
		told_init(&told[i]);
		MUST(submit_order(&scene, (struct order){ DOUBLE, i, NULL }, &told[i]));
	}
	stopper = begin(stop_it, &scene);
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(await_told(&told[i]), POOLTOY_ESTOPPED);
		CU_ASSERT_EQUAL(told[i].worker, -1);
	}
	CU_ASSERT_EQUAL(holding.times, 0);
	let_worker_go(&scene, &holding);
	finish(stopper);
	EXPECT(POOLTOY_ESTOPPED, submit_order(&scene, (struct order){ DOUBLE, 1, NULL }, &told[0]));
	CU_ASSERT_EQUAL(scene.troupe.calls, 1);
	scene_end(&scene);
}

static void a_supervisors_stop_ends_the_tasks_of_all_pools(void)
{
	struct told told;
	struct scene scene;
	struct pooltoy_lease lease;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1));
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	told_init(&told);
	MUST(submit_order(&scene, (struct order){ DOUBLE, 1, NULL }, &told));
	EXPECT(POOLTOY_OK, pooltoy_supervisor_stop(scene.stage.supervisor, SOON));
	scene.stage.supervisor = NULL;
	CU_ASSERT_EQUAL(told.times, 1); /* before the stop returned */
	CU_ASSERT_EQUAL(await_told(&told), POOLTOY_ESTOPPED);
	scene_end(&scene);
}

/* Workers. */

static void tasks_start_overflow_workers_which_go_when_there_are_none(void)
{
	struct told held[3];
	struct scene scene;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_overflow = 2));
	for (int i = 0; i < 3; i++)
		hold_worker(&scene, &held[i]);
	CU_ASSERT_EQUAL(status_of(scene.pool).overflow, 2);
	for (int i = 0; i < 3; i++)
		gate_open(&scene.gate);
	for (int i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(await_told(&held[i]), 0);
	AWAIT(status_of(scene.pool).overflow == 0 && status_of(scene.pool).idle == 1);
	scene_end(&scene);
}

static int find_holder(const struct pooltoy_node *node, void *argument)
{
	if (node->type == POOLTOY_NODE_WORKER) {
		struct pooltoy_node *found = argument;

		*found = *node;
	}
	return 0;
}

static void the_monitor_shows_the_tasks_as_the_holder(void)
{
	struct pooltoy_node node;
	struct told holding;
	struct scene scene;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1));
	hold_worker(&scene, &holding);
	EXPECT(0, pooltoy_walk(scene.stage.supervisor, find_holder, &node));
	CU_ASSERT_EQUAL(node.state, POOLTOY_WORKER_LEASED);
	CU_ASSERT_EQUAL(node.monitored, 1);
	CU_ASSERT_STRING_EQUAL(node.holder_name, "tasks");
	CU_ASSERT_EQUAL(node.holder_thread_id, node.thread_id);
	CU_ASSERT_EQUAL(status_of(scene.pool).monitored, 1);
	let_worker_go(&scene, &holding);
	await_idle(scene.pool, 1);
	EXPECT(0, pooltoy_walk(scene.stage.supervisor, find_holder, &node));
	CU_ASSERT_EQUAL(node.tasks, 1);
	CU_ASSERT_EQUAL(node.monitored, 0);
	scene_end(&scene);
}

static void a_worker_that_is_killed_in_a_task_is_interrupted_and_finishes_it(void)
{
	struct told told;
	struct scene scene;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1));
	told_init(&told);
	MUST(submit_order(&scene, (struct order){ HOLD, 3, &scene.gate }, &told));
	CU_ASSERT(gate_await(&scene.gate));
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(scene.pool, 0));
	CU_ASSERT_EQUAL(await_told(&told), 0);
	CU_ASSERT_EQUAL(told.answer, 6);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_DIED, 1);
	scene_end(&scene);
}

/* What `done` may do. */

static void submit_the_next(const struct pooltoy_outcome *outcome, void *argument)
{
	struct told *told = argument;
	int number;

	CU_ASSERT_EQUAL(outcome->code, 0);
	memcpy(&number, outcome->reply, sizeof number);
	if (number < 64) {
		struct order order = { DOUBLE, number, NULL };

		EXPECT(POOLTOY_OK, pooltoy_submit(told->pool, &order, sizeof order, submit_the_next,
						  told, NULL));
	} else {
		note_outcome(outcome, told);
	}
}

static void a_callback_submits_the_next_task(void)
{
	struct order order = { DOUBLE, 1, NULL };
	struct scene scene;
	struct told told;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1));
	told_init(&told);
	told.pool = scene.pool;
	MUST(pooltoy_submit(scene.pool, &order, sizeof order, submit_the_next, &told, NULL));
	CU_ASSERT_EQUAL(await_told(&told), 0);
	CU_ASSERT_EQUAL(told.answer, 64);
	scene_end(&scene);
}

static void end_the_thread(const struct pooltoy_outcome *outcome, void *argument)
{
	note_outcome(outcome, argument);
	pthread_exit(NULL);
}

static void a_callback_that_ends_its_thread_ends_the_worker_and_no_task_is_lost(void)
{
	static const enum verb verbs[] = { DOUBLE, BREAK };
	struct scene scene;
	struct told told, next;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1, .backoff_min = 1));
	for (int i = 0; i < 2; i++) {
		struct order order = { verbs[i], 1, NULL };

		told_init(&told);
		MUST(pooltoy_submit(scene.pool, &order, sizeof order, end_the_thread, &told, NULL));
		CU_ASSERT_EQUAL(await_told(&told), i ? POOLTOY_ECRASHED : 0);
		AWAIT(status_of(scene.pool).worker_deaths == (unsigned)i + 1);
		CU_ASSERT_EQUAL(told.times, 1); /* nor on the worker's way out */
		CU_ASSERT_EQUAL(tell_any(&scene, (struct order){ DOUBLE, 5, NULL }, &next), 0);
	}
	AWAIT(status_of(scene.pool).worker_deaths == 2);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 2); /* each was terminated all the same */
	scene_end(&scene);
}

/* Many threads. */

enum { SENDERS = 4, EACH = 2000 };

struct crowd {
	struct scene scene;
	atomic_int told, ran, cancelled, others;
};

static void count(const struct pooltoy_outcome *outcome, void *argument)
{
	struct crowd *crowd = argument;

	if (outcome->code == POOLTOY_OK)
		crowd->ran++;
	else if (outcome->code == POOLTOY_ECANCELLED)
		crowd->cancelled++;
	else
		crowd->others++;
	crowd->told++;
}

static void *send_many(void *argument)
{
	struct crowd *crowd = argument;
	struct pooltoy_lease lease;

	for (int i = 0; i < EACH; i++) {
		struct pooltoy_task task;
		int code;

		while ((code = pooltoy_submit(crowd->scene.pool, "", 0, count, crowd, &task)) ==
		       POOLTOY_EAGAIN)
			breathe();
		EXPECT(POOLTOY_OK, code);
		if (i % 10 == 0)
			(void)pooltoy_task_cancel(&task);
		if (i % 50 == 0) {
			EXPECT(POOLTOY_OK, pooltoy_checkout(crowd->scene.pool, SOON, &lease));
			(void)pooltoy_checkin(&lease); /* its worker may have been killed */
		}
		if (i % 500 == 499)
			(void)pooltoy_kill_worker(crowd->scene.pool, -1);
	}
	return NULL;
}

static void many_senders_clients_and_deaths_and_each_task_is_told_of_once(void)
{
	struct crowd crowd;
	pthread_t senders[SENDERS];

	memset(&crowd, 0, sizeof crowd);
	scene_begin(&crowd.scene, POOLTOY_POOL_SPEC(.size = 2, .max_overflow = 1, .max_tasks = 32,
						    .backoff_min = 1, .grace = SOON));
	for (int i = 0; i < SENDERS; i++)
		senders[i] = begin(send_many, &crowd);
	for (int i = 0; i < SENDERS; i++)
		finish(senders[i]);
	AWAIT(crowd.told == SENDERS * EACH);
	CU_ASSERT_EQUAL(crowd.others, 0);
	CU_ASSERT_EQUAL(crowd.ran + crowd.cancelled, SENDERS * EACH);
	AWAIT((int)status_of(crowd.scene.pool).tasks_run == crowd.ran);
	CU_ASSERT_EQUAL((int)status_of(crowd.scene.pool).tasks_cancelled, crowd.cancelled);
	scene_end(&crowd.scene);
}

SUITE(TEST(waiting_tasks_survive_a_restart_and_a_running_one_does_not),
      TEST(tasks_wait_out_a_backoff),
      TEST(a_pool_that_fails_ends_its_tasks_and_takes_them_again_when_revived),
      TEST(a_stop_ends_waiting_tasks_and_lets_running_ones_finish),
      TEST(a_supervisors_stop_ends_the_tasks_of_all_pools),
      TEST(tasks_start_overflow_workers_which_go_when_there_are_none),
      TEST(the_monitor_shows_the_tasks_as_the_holder),
      TEST(a_worker_that_is_killed_in_a_task_is_interrupted_and_finishes_it),
      TEST(a_callback_submits_the_next_task),
      TEST(a_callback_that_ends_its_thread_ends_the_worker_and_no_task_is_lost),
      TEST(many_senders_clients_and_deaths_and_each_task_is_told_of_once))
