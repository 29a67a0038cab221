/* SPDX-License-Identifier: MIT */
/* test_submit.c: tasks: who runs them, in which order, and what is told of them. */
#include "scenario/support.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct scene {
	struct stage stage;
	struct troupe troupe;
	struct pooltoy_pool *pool;
	struct gate gate;
};

static void scene_open(struct scene *scene, const struct pooltoy_pool_spec *given)
{
	struct pooltoy_pool_spec spec = *given;

	memset(scene, 0, sizeof *scene);
	gate_init(&scene->gate);
	stage_open(&scene->stage);
	spec.name = "poolio";
	if (!spec.worker)
		spec.worker = &puppet_ops;
	spec.argument = &scene->troupe;
	scene->pool = start_pool(&scene->stage, &spec);
	await_idle(scene->pool, spec.size);
}

static void scene_close(struct scene *scene)
{
	pooltoy_pool_release(scene->pool);
	stage_close(&scene->stage);
	CU_ASSERT_EQUAL(scene->troupe.on_stage, 0);
	CU_ASSERT_EQUAL(scene->troupe.collisions, 0);
	gate_destroy(&scene->gate);
}

/* What was told of one task. */
struct told {
	struct tokens news;
	atomic_int times, turn; /* how often; the how-manieth of all to be told */
	int code, worker, answer;
	size_t length;
	char reason[256];
	long thread_id;
	unsigned char reply[64];
	struct pooltoy_task task;
	struct pooltoy_pool *pool; /* that `done` does something with */
};

static atomic_int turns;

static void told_init(struct told *told)
{
	memset(told, 0, sizeof *told);
	tokens_init(&told->news);
}

static void note(const struct pooltoy_outcome *outcome, void *argument)
{
	struct told *told = argument;

	CU_ASSERT(outcome->struct_size >= sizeof *outcome);
	told->code = outcome->code;
	told->worker = outcome->worker;
	told->length = outcome->length;
	told->thread_id = syscall(SYS_gettid);
	strncpy(told->reason, outcome->reason, sizeof told->reason - 1);
	if (outcome->length == sizeof told->answer)
		memcpy(&told->answer, outcome->reply, sizeof told->answer);
	memcpy(told->reply, outcome->reply ? outcome->reply : "",
	       outcome->length < sizeof told->reply ? outcome->length : 0);
	told->turn = ++turns;
	told->times++;
	tokens_put(&told->news);
}

static int submit(struct scene *scene, struct order order, struct told *told)
{
	return pooltoy_submit(scene->pool, &order, sizeof order, note, told, &told->task);
}

/* Waits for the outcome; soon. Its code. */
static int await_told(struct told *told)
{
	CU_ASSERT(tokens_take_soon(&told->news));
	CU_ASSERT_EQUAL(told->times, 1);
	tokens_destroy(&told->news);
	return told->code;
}

static int tell_any(struct scene *scene, struct order order, struct told *told)
{
	told_init(told);
	MUST(submit(scene, order, told));
	return await_told(told);
}

/* The worker is busy with a task that waits at the gate. */
static void hold_worker(struct scene *scene, struct told *told)
{
	told_init(told);
	MUST(submit(scene, (struct order){ HOLD_DEAF, 1, &scene->gate }, told));
	CU_ASSERT(gate_await(&scene->gate));
}

static void let_worker_go(struct scene *scene, struct told *told)
{
	gate_open(&scene->gate);
	CU_ASSERT_EQUAL(await_told(told), 0);
}

/* Outcomes. */

static void a_task_is_run_and_its_reply_told(void)
{
	struct scene scene;
	struct told told;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 2));
	for (int i = 0; i < 100; i++) {
		CU_ASSERT_EQUAL(tell_any(&scene, (struct order){ DOUBLE, i, NULL }, &told), 0);
		CU_ASSERT_EQUAL(told.answer, 2 * i);
		CU_ASSERT(told.worker == 0 || told.worker == 1);
		CU_ASSERT_STRING_EQUAL(told.reason, "");
	}
	AWAIT(status_of(scene.pool).tasks_run == 100);
	CU_ASSERT_EQUAL(status_of(scene.pool).tasks_waiting, 0);
	CU_ASSERT_EQUAL(status_of(scene.pool).checkouts, 0); /* tasks are no leases */
	await_idle(scene.pool, 2);
	scene_close(&scene);
}

static void requests_of_all_sizes_arrive_whole_and_aligned(void)
{
	static const size_t sizes[] = { 0, 1, 8, 15, 17, 24, 63 };
	unsigned char request[64];
	struct scene scene;
	struct told told;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	for (size_t i = 0; i < sizeof request; i++)
		request[i] = pattern_at(i);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		told_init(&told);
		MUST(pooltoy_submit(scene.pool, request, sizes[i], note, &told, NULL));
		CU_ASSERT_EQUAL(await_told(&told), 0); /* the puppet echoes what is no order */
		CU_ASSERT_EQUAL(told.length, sizes[i]);
		CU_ASSERT_EQUAL(memcmp(told.reply, request, sizes[i]), 0);
	}
	scene_close(&scene);
}

static void a_handlers_error_is_the_tasks_and_the_worker_lives_on(void)
{
	struct scene scene;
	struct told told;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	CU_ASSERT_EQUAL(tell_any(&scene, (struct order){ REFUSE, POOLTOY_EUSER - 7, NULL }, &told),
			POOLTOY_EUSER - 7);
	CU_ASSERT_EQUAL(tell_any(&scene, (struct order){ TIME_LEFT, 0, NULL }, &told), 0);
	CU_ASSERT_EQUAL(told.answer, -1); /* nobody waits with a deadline */
	CU_ASSERT_EQUAL(told.length, sizeof told.answer);
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	scene_close(&scene);
}

static void a_task_whose_outcome_nobody_asks_for_is_run(void)
{
	struct order order = { DOUBLE, 1, NULL };
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	MUST(pooltoy_submit(scene.pool, &order, sizeof order, NULL, NULL, NULL));
	AWAIT(status_of(scene.pool).tasks_run == 1);
	scene_close(&scene);
}

static void a_worker_that_dies_in_a_task_tells_why_and_the_next_runs_the_rest(void)
{
	static const struct {
		enum verb verb;
		const char *reason;
	} ways[] = { { BREAK, "told to break" },
		     { LEAVE, "told to leave" },
		     { END_THREAD, "its thread ended" } };
	struct scene scene;
	struct told dying, next;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	/* One that has completed a task is replaced at once, whatever a long backoff says. */
	CU_ASSERT_EQUAL(tell_any(&scene, (struct order){ DOUBLE, 1, NULL }, &next), 0);
	for (int i = 0; i < 3; i++) {
		told_init(&dying);
		told_init(&next);
		MUST(submit(&scene, (struct order){ ways[i].verb, 0, NULL }, &dying));
		MUST(submit(&scene, (struct order){ DOUBLE, i, NULL }, &next));
		CU_ASSERT_EQUAL(await_told(&dying), POOLTOY_ECRASHED);
		CU_ASSERT_PTR_NOT_NULL(strstr(dying.reason, ways[i].reason));
		CU_ASSERT(dying.worker >= 0);
		CU_ASSERT_EQUAL(await_told(&next), 0);
		CU_ASSERT_EQUAL(next.answer, 2 * i);
	}
	CU_ASSERT_EQUAL(scene.troupe.calls, 7); /* none ran twice */
	AWAIT(status_of(scene.pool).worker_deaths == 3);
	CU_ASSERT_EQUAL(status_of(scene.pool).start_failures, 0);
	scene_close(&scene);
}

/* Order. */

static void a_worker_that_a_task_breaks_after_a_lease_is_replaced_at_once(void)
{
	struct told told;
	struct scene scene;

	scene_open(&scene,
		   POOLTOY_POOL_SPEC(.size = 1, .backoff_min = 600000, .backoff_max = 600000));
	expect_service(scene.pool);
	told_init(&told);
	MUST(submit(&scene, (struct order){ .verb = BREAK }, &told));
	CU_ASSERT_EQUAL(await_told(&told), POOLTOY_ECRASHED);
	expect_service(scene.pool);
	tokens_destroy(&told.news);
	scene_close(&scene);
}

static void tasks_begin_in_the_order_in_which_they_came(void)
{
	enum { TASKS = 50 };
	static struct told told[TASKS];
	struct told holding;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	hold_worker(&scene, &holding);
	for (int i = 0; i < TASKS; i++) {
		told_init(&told[i]);
		MUST(submit(&scene, (struct order){ DOUBLE, i, NULL }, &told[i]));
	}
	CU_ASSERT_EQUAL(status_of(scene.pool).tasks_waiting, TASKS);
	let_worker_go(&scene, &holding);
	for (int i = 0; i < TASKS; i++)
		CU_ASSERT_EQUAL(await_told(&told[i]), 0);
	for (int i = 1; i < TASKS; i++)
		CU_ASSERT_EQUAL(told[i].turn, told[i - 1].turn + 1);
	scene_close(&scene);
}

static void tasks_run_side_by_side_on_all_workers(void)
{
	struct told held[3];
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 3));
	for (int i = 0; i < 3; i++)
		hold_worker(&scene, &held[i]);
	CU_ASSERT_EQUAL(status_of(scene.pool).leased, 3);
	for (int i = 0; i < 3; i++)
		gate_open(&scene.gate);
	for (int i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(await_told(&held[i]), 0);
	CU_ASSERT(held[0].worker != held[1].worker && held[1].worker != held[2].worker);
	scene_close(&scene);
}

static void clients_and_tasks_that_wait_are_served_in_the_order_in_which_they_came(void)
{
	struct told holding, first, last;
	struct customer customer = { 0 };
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	hold_worker(&scene, &holding);
	told_init(&first);
	told_init(&last);
	MUST(submit(&scene, (struct order){ DOUBLE, 1, NULL }, &first));
	customer_come(&customer, scene.pool, SOON);
	AWAIT(status_of(scene.pool).waiting == 1);
	MUST(submit(&scene, (struct order){ DOUBLE, 2, NULL }, &last));
	CU_ASSERT_FALSE(customer_is_served(&customer));
	let_worker_go(&scene, &holding);
	CU_ASSERT_EQUAL(await_told(&first), 0);
	CU_ASSERT_EQUAL(customer_await(&customer), 0);
	CU_ASSERT_EQUAL(last.times, 0); /* it came after the client, which has the worker */
	CU_ASSERT_EQUAL(status_of(scene.pool).tasks_waiting, 1);
	customer_go(&customer, CHECKIN);
	CU_ASSERT_EQUAL(await_told(&last), 0);
	scene_close(&scene);
}

static void a_client_is_served_soon_however_many_tasks_keep_coming(void)
{
	struct pooltoy_lease lease;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < 200; i++)
			MUST(pooltoy_submit(scene.pool, "", 0, NULL, NULL, NULL));
		MUST(pooltoy_checkout(scene.pool, SOON, &lease));
		MUST(pooltoy_checkin(&lease));
	}
	AWAIT(status_of(scene.pool).tasks_run == 4000);
	scene_close(&scene);
}

/* Bounds. */

static void a_full_queue_refuses_and_takes_again_when_there_is_room(void)
{
	struct told holding, told[4], refused;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_tasks = 3)); /* rounded up to 4 */
	hold_worker(&scene, &holding);
	for (int i = 0; i < 4; i++) {
		told_init(&told[i]);
		MUST(submit(&scene, (struct order){ DOUBLE, i, NULL }, &told[i]));
	}
	told_init(&refused);
	EXPECT(POOLTOY_EAGAIN, submit(&scene, (struct order){ DOUBLE, 9, NULL }, &refused));
	EXPECT_STORY("poolio", "tasks wait already");
	CU_ASSERT_EQUAL(refused.times, 0);
	tokens_destroy(&refused.news);
	EXPECT(POOLTOY_OK, pooltoy_task_cancel(&told[2].task));
	CU_ASSERT_EQUAL(await_told(&told[2]), POOLTOY_ECANCELLED);
	let_worker_go(&scene, &holding);
	CU_ASSERT_EQUAL(await_told(&told[0]), 0);
	CU_ASSERT_EQUAL(await_told(&told[1]), 0);
	CU_ASSERT_EQUAL(await_told(&told[3]), 0);
	CU_ASSERT_EQUAL(tell_any(&scene, (struct order){ DOUBLE, 9, NULL }, &refused), 0);
	scene_close(&scene);
}

static void what_cannot_be_submitted_is_refused_with_a_story(void)
{
	static const struct pooltoy_worker_ops no_calls = POOLTOY_WORKER_OPS(.init = NULL);
	static const struct pooltoy_task bogus = POOLTOY_TASK_INIT;
	struct pooltoy_pool *mute, *empty, *none;
	struct pooltoy_task task;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	mute = start_pool(&scene.stage,
			  POOLTOY_POOL_SPEC(.name = "mute", .worker = &no_calls, .size = 1));
	empty = start_pool(&scene.stage, POOLTOY_POOL_SPEC(.name = "empty", .worker = &doubler));
	none = start_pool(&scene.stage, POOLTOY_POOL_SPEC(.name = "none", .worker = &doubler,
							  .size = 1, .max_tasks = POOLTOY_NONE));
	EXPECT(POOLTOY_EINVAL, pooltoy_submit(NULL, "x", 1, NULL, NULL, NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_submit(scene.pool, NULL, 1, NULL, NULL, NULL));
	EXPECT_STORY("poolio", "request is NULL");
	EXPECT(POOLTOY_EINVAL, pooltoy_submit(mute, "x", 1, NULL, NULL, NULL));
	EXPECT_STORY("mute", "no handle_call");
	EXPECT(POOLTOY_EFULL, pooltoy_submit(empty, "x", 1, NULL, NULL, NULL));
	EXPECT(POOLTOY_EAGAIN, pooltoy_submit(none, "x", 1, NULL, NULL, NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_task_cancel(NULL));
	EXPECT(POOLTOY_EINVAL, pooltoy_task_cancel(&bogus));
	MUST(pooltoy_submit(scene.pool, "x", 1, NULL, NULL, &task));
	task.position += 1000; /* never was */
	EXPECT(POOLTOY_ESTALE, pooltoy_task_cancel(&task));
	pooltoy_pool_release(mute);
	pooltoy_pool_release(empty);
	pooltoy_pool_release(none);
	scene_close(&scene);
}

/* Cancel. */

static void a_cancelled_task_never_runs_and_one_that_runs_is_not_cancelled(void)
{
	struct told holding, told[3];
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	hold_worker(&scene, &holding);
	for (int i = 0; i < 3; i++) {
		told_init(&told[i]);
		MUST(submit(&scene, (struct order){ DOUBLE, i, NULL }, &told[i]));
	}
	EXPECT(POOLTOY_ESTALE, pooltoy_task_cancel(&holding.task));
	EXPECT(POOLTOY_OK, pooltoy_task_cancel(&told[1].task));
	CU_ASSERT_EQUAL(told[1].times, 1);
	CU_ASSERT_EQUAL(told[1].worker, -1);
	CU_ASSERT_EQUAL(told[1].thread_id, syscall(SYS_gettid));
	CU_ASSERT_EQUAL(await_told(&told[1]), POOLTOY_ECANCELLED);
	EXPECT(POOLTOY_ESTALE, pooltoy_task_cancel(&told[1].task));
	let_worker_go(&scene, &holding);
	CU_ASSERT_EQUAL(await_told(&told[0]), 0);
	CU_ASSERT_EQUAL(await_told(&told[2]), 0);
	EXPECT(POOLTOY_ESTALE, pooltoy_task_cancel(&told[0].task));
	CU_ASSERT_EQUAL(scene.troupe.calls, 3);
	CU_ASSERT_EQUAL(status_of(scene.pool).tasks_cancelled, 1);
	scene_close(&scene);
}

/* Restarts and ends. */

static void waiting_tasks_survive_a_restart_and_a_running_one_does_not(void)
{
	struct told running, waiting;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .shutdown = 1));
	told_init(&running);
	told_init(&waiting);
	/* HOLD ends when it is interrupted; then the handler returns, and its reply counts. */
	MUST(submit(&scene, (struct order){ HOLD, 1, &scene.gate }, &running));
	CU_ASSERT(gate_await(&scene.gate));
	MUST(submit(&scene, (struct order){ DOUBLE, 21, NULL }, &waiting));
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
	CU_ASSERT_EQUAL(await_told(&running), 0);
	CU_ASSERT_EQUAL(await_told(&waiting), 0);
	CU_ASSERT_EQUAL(waiting.answer, 42);
	AWAIT(status_of(scene.pool).instance == 2);
	CU_ASSERT_EQUAL(scene.troupe.inits, 2); /* the second by the next instance's worker */
	CU_ASSERT_EQUAL(scene.troupe.calls, 2);
	scene_close(&scene);
}

static void tasks_wait_out_a_backoff(void)
{
	struct told told;
	struct scene scene;

	scene_open(&scene,
		   POOLTOY_POOL_SPEC(.size = 1, .max_restarts = POOLTOY_NONE, .backoff_min = 50));
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_BACKOFF, 1);
	CU_ASSERT_EQUAL(tell_any(&scene, (struct order){ DOUBLE, 4, NULL }, &told), 0);
	CU_ASSERT_EQUAL(told.answer, 8);
	scene_close(&scene);
}

static void a_pool_that_fails_ends_its_tasks_and_takes_them_again_when_revived(void)
{
	struct told holding, told, refused;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_restarts = POOLTOY_NONE,
					     .give_up_after = POOLTOY_NONE));
	hold_worker(&scene, &holding);
	told_init(&told);
	MUST(submit(&scene, (struct order){ DOUBLE, 4, NULL }, &told));
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
	CU_ASSERT_EQUAL(await_told(&told), POOLTOY_EFAILED);
	CU_ASSERT_EQUAL(told.worker, -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(told.reason, "killed"));
	told_init(&refused);
	EXPECT(POOLTOY_EFAILED, submit(&scene, (struct order){ DOUBLE, 4, NULL }, &refused));
	EXPECT_STORY("poolio", "submit", "killed");
	let_worker_go(&scene, &holding);
	EXPECT(POOLTOY_OK, pooltoy_pool_revive(scene.pool));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED, 1);
	CU_ASSERT_EQUAL(tell_any(&scene, (struct order){ DOUBLE, 5, NULL }, &told), 0);
	CU_ASSERT_EQUAL(refused.times, 0);
	tokens_destroy(&refused.news);
	scene_close(&scene);
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

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	hold_worker(&scene, &holding);
	for (int i = 0; i < 2; i++) {
		told_init(&told[i]);
		MUST(submit(&scene, (struct order){ DOUBLE, i, NULL }, &told[i]));
	}
	stopper = begin(stop_it, &scene);
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(await_told(&told[i]), POOLTOY_ESTOPPED);
		CU_ASSERT_EQUAL(told[i].worker, -1);
	}
	CU_ASSERT_EQUAL(holding.times, 0);
	let_worker_go(&scene, &holding);
	finish(stopper);
	EXPECT(POOLTOY_ESTOPPED, submit(&scene, (struct order){ DOUBLE, 1, NULL }, &told[0]));
	CU_ASSERT_EQUAL(scene.troupe.calls, 1);
	scene_close(&scene);
}

static void a_supervisors_stop_ends_the_tasks_of_all_pools(void)
{
	struct told told;
	struct scene scene;
	struct pooltoy_lease lease;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	told_init(&told);
	MUST(submit(&scene, (struct order){ DOUBLE, 1, NULL }, &told));
	EXPECT(POOLTOY_OK, pooltoy_supervisor_stop(scene.stage.supervisor, SOON));
	scene.stage.supervisor = NULL;
	CU_ASSERT_EQUAL(told.times, 1); /* before the stop returned */
	CU_ASSERT_EQUAL(await_told(&told), POOLTOY_ESTOPPED);
	scene_close(&scene);
}

/* Workers. */

static void tasks_start_overflow_workers_which_go_when_there_are_none(void)
{
	struct told held[3];
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_overflow = 2));
	for (int i = 0; i < 3; i++)
		hold_worker(&scene, &held[i]);
	CU_ASSERT_EQUAL(status_of(scene.pool).overflow, 2);
	for (int i = 0; i < 3; i++)
		gate_open(&scene.gate);
	for (int i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(await_told(&held[i]), 0);
	AWAIT(status_of(scene.pool).overflow == 0 && status_of(scene.pool).idle == 1);
	scene_close(&scene);
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

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
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
	scene_close(&scene);
}

static void a_worker_that_is_killed_in_a_task_is_interrupted_and_finishes_it(void)
{
	struct told told;
	struct scene scene;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	told_init(&told);
	MUST(submit(&scene, (struct order){ HOLD, 3, &scene.gate }, &told));
	CU_ASSERT(gate_await(&scene.gate));
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(scene.pool, 0));
	CU_ASSERT_EQUAL(await_told(&told), 0);
	CU_ASSERT_EQUAL(told.answer, 6);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_DIED, 1);
	scene_close(&scene);
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
		note(outcome, told);
	}
}

static void a_callback_submits_the_next_task(void)
{
	struct order order = { DOUBLE, 1, NULL };
	struct scene scene;
	struct told told;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1));
	told_init(&told);
	told.pool = scene.pool;
	MUST(pooltoy_submit(scene.pool, &order, sizeof order, submit_the_next, &told, NULL));
	CU_ASSERT_EQUAL(await_told(&told), 0);
	CU_ASSERT_EQUAL(told.answer, 64);
	scene_close(&scene);
}

static void end_the_thread(const struct pooltoy_outcome *outcome, void *argument)
{
	note(outcome, argument);
	pthread_exit(NULL);
}

static void a_callback_that_ends_its_thread_ends_the_worker_and_no_task_is_lost(void)
{
	static const enum verb verbs[] = { DOUBLE, BREAK };
	struct scene scene;
	struct told told, next;

	scene_open(&scene, POOLTOY_POOL_SPEC(.size = 1, .backoff_min = 1));
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
	scene_close(&scene);
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
	scene_open(&crowd.scene, POOLTOY_POOL_SPEC(.size = 2, .max_overflow = 1, .max_tasks = 32,
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
	scene_close(&crowd.scene);
}

SUITE(TEST(a_task_is_run_and_its_reply_told), TEST(requests_of_all_sizes_arrive_whole_and_aligned),
      TEST(a_handlers_error_is_the_tasks_and_the_worker_lives_on),
      TEST(a_task_whose_outcome_nobody_asks_for_is_run),
      TEST(a_worker_that_dies_in_a_task_tells_why_and_the_next_runs_the_rest),
      TEST(a_worker_that_a_task_breaks_after_a_lease_is_replaced_at_once),
      TEST(tasks_begin_in_the_order_in_which_they_came),
      TEST(tasks_run_side_by_side_on_all_workers),
      TEST(clients_and_tasks_that_wait_are_served_in_the_order_in_which_they_came),
      TEST(a_client_is_served_soon_however_many_tasks_keep_coming),
      TEST(a_full_queue_refuses_and_takes_again_when_there_is_room),
      TEST(what_cannot_be_submitted_is_refused_with_a_story),
      TEST(a_cancelled_task_never_runs_and_one_that_runs_is_not_cancelled),
      TEST(waiting_tasks_survive_a_restart_and_a_running_one_does_not),
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
