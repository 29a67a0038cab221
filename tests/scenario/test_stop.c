/* SPDX-License-Identifier: MIT */
/* test_stop.c: stops that meet other stops, starts, walks, and threads that do not come back. */
#include "scenario/scene.h"

/* The workers wait at the gate in terminate, so that a stop takes as long as the test likes. */
static void scene_open(struct scene *scene, int size, int shutdown, int grace)
{
	scene_begin(scene, POOLTOY_POOL_SPEC(.size = size, .shutdown = shutdown, .grace = grace,
					     .release = puppet_release));
	scene->troupe.terminate_gate = &scene->gate;
}

static void scene_close(struct scene *scene)
{
	/* Those that were stuck in a stop that is over may still be on their way. */
	if (!scene->stage.supervisor)
		AWAIT(scene->troupe.releases == 1);
	scene_end(scene);
	AWAIT(scene->troupe.releases == 1);
}

static void *stop_it(void *argument)
{
	EXPECT(POOLTOY_OK, pooltoy_stop_pool(argument, -1));
	return NULL;
}

static void *stop_them_all(void *argument)
{
	struct scene *scene = argument;

	EXPECT(POOLTOY_OK, pooltoy_supervisor_stop(scene->stage.supervisor, -1));
	CU_ASSERT_EQUAL(scene->troupe.terminates, 1);
	return NULL;
}

static void the_supervisors_stop_waits_for_one_that_another_thread_has_begun(void)
{
	struct scene scene;
	pthread_t one, all;

	scene_open(&scene, 1, SOON, SOON);
	pooltoy_pool_release(start_pool(
		&scene.stage, POOLTOY_POOL_SPEC(.name = "newer", .worker = &doubler, .size = 1)));
	one = begin(stop_it, scene.pool);
	gate_await(&scene.gate);
	all = begin(stop_them_all, &scene);
	/* It takes the newest first, and has come to the other then. */
	await_event(&scene.stage, "newer", POOLTOY_EVENT_POOL_STOPPED, 1);
	for (int i = 0; i < 200; i++)
		breathe(); /* so that it would be through, if it did not wait */
	CU_ASSERT_EQUAL(scene.troupe.terminates, 0);
	gate_open(&scene.gate);
	finish(one);
	finish(all);
	scene.stage.supervisor = NULL;
	scene_close(&scene);
}

static void the_supervisors_time_counts_for_a_stop_that_another_thread_has_begun(void)
{
	struct scene scene;
	struct gate gate;
	struct pooltoy_lease lease;
	pthread_t one;

	gate_init(&gate);
	scene_open(&scene, 1, 600000, SOON);
	scene.troupe.terminate_gate = NULL;
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	MUST(tell_cast(&lease, (struct order){ HOLD, 1, &gate }));
	gate_await(&gate);
	one = begin(stop_it, scene.pool);
	AWAIT(status_of(scene.pool).state == POOLTOY_POOL_STOPPED);
	EXPECT(POOLTOY_OK, pooltoy_supervisor_stop(scene.stage.supervisor, 10));
	scene.stage.supervisor = NULL;
	CU_ASSERT_EQUAL(scene.troupe.interrupts, 1);
	finish(one);
	AWAIT(scene.troupe.terminates == 1);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	scene_close(&scene);
	gate_destroy(&gate);
}

/* A worker whose terminate has a wish. */
static struct pooltoy_supervisor *wished_of;
static SHARED atomic_int wish_answer;

static void start_another_pool(struct pooltoy_worker *self, void *state, int reason)
{
	(void)self;
	(void)state;
	(void)reason;
	wish_answer = pooltoy_start_pool(
		wished_of, POOLTOY_POOL_SPEC(.name = "late", .worker = &doubler), NULL);
	EXPECT_STORY("late", "stopping");
}

static void nothing_starts_while_the_supervisor_stops(void)
{
	struct pooltoy_worker_ops ops = doubler;
	struct stage stage;
	struct pooltoy_pool *pool;

	SKIP_IF_ISOLATED("a child has no handles of its server's");
	ops.terminate = start_another_pool;
	stage_open(&stage);
	wished_of = stage.supervisor;
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &ops, .size = 1));
	await_idle(pool, 1);
	pooltoy_pool_release(pool);
	stage_close(&stage);
	CU_ASSERT_EQUAL(wish_answer, POOLTOY_ESTOPPED);
}

/* A worker that, as it is terminated, lets another one go. */
static int keep_argument(struct pooltoy_worker *self, void *argument, void **state)
{
	(void)self;
	*state = argument;
	return 0;
}

static void let_go(struct pooltoy_worker *self, void *gate, int reason)
{
	(void)self;
	(void)reason;
	gate_open(gate);
}

static void when_the_time_is_over_no_pool_waits_for_the_stop_of_another(void)
{
	static const struct pooltoy_worker_ops ops =
		POOLTOY_WORKER_OPS(.init = keep_argument, .terminate = let_go);
	struct scene scene;
	struct troupe troupe = { .terminate_gate = &scene.gate };
	struct pooltoy_pool *pools[2];

	scene_open(&scene, 0, SOON, SOON);
	pools[0] = start_pool(&scene.stage,
			      POOLTOY_POOL_SPEC(.name = "older", .worker = &ops,
						.argument = &scene.gate, .size = 1, .grace = SOON));
	pools[1] = start_pool(&scene.stage,
			      POOLTOY_POOL_SPEC(.name = "newer", .worker = &puppet_ops,
						.argument = &troupe, .size = 1, .grace = SOON));
	for (int i = 0; i < 2; i++) {
		await_idle(pools[i], 1);
		pooltoy_pool_release(pools[i]);
	}
	/* The newer is stopped first, and cannot end before the older begins to. */
	EXPECT(POOLTOY_OK, pooltoy_supervisor_stop(scene.stage.supervisor, 10));
	scene.stage.supervisor = NULL;
	CU_ASSERT_EQUAL(troupe.terminates, 1);
	scene_close(&scene);
}

static void who_is_stuck_when_a_supervisor_stops_is_counted_over_all_pools(void)
{
	struct scene scene;
	struct troupe troupe = { .terminate_gate = &scene.gate };
	struct pooltoy_pool *pooly;

	SKIP_IF_ISOLATED("a child that does not come back is killed, not quarantined");
	scene_open(&scene, 1, SOON, 20);
	pooly = start_pool(&scene.stage, POOLTOY_POOL_SPEC(.name = "pooly", .worker = &puppet_ops,
							   .argument = &troupe, .size = 1,
							   .shutdown = SOON, .grace = 20));
	await_idle(pooly, 1);
	EXPECT(POOLTOY_EQUARANTINED, pooltoy_supervisor_stop(scene.stage.supervisor, 10));
	EXPECT_STORY("2 threads");
	scene.stage.supervisor = NULL;
	gate_open(&scene.gate);
	gate_open(&scene.gate);
	AWAIT(troupe.terminates == 1);
	pooltoy_pool_release(pooly);
	scene_close(&scene);
}

static void a_stop_without_time_interrupts_at_once(void)
{
	struct scene scene;
	struct gate gate;
	struct pooltoy_lease lease;
	uint64_t begun;

	gate_init(&gate);
	scene_open(&scene, 1, SOON, SOON);
	scene.troupe.terminate_gate = NULL;
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	MUST(tell_cast(&lease, (struct order){ HOLD, 1, &gate }));
	gate_await(&gate);
	begun = now_ms();
	EXPECT(POOLTOY_OK, pooltoy_stop_pool(scene.pool, 0));
	CU_ASSERT(now_ms() - begun < SOON);
	CU_ASSERT_EQUAL(scene.troupe.interrupts, 1);
	AWAIT(scene.troupe.terminates == 1);
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&lease));
	scene_close(&scene);
	gate_destroy(&gate);
}

static void workers_on_their_way_out_are_held_to_the_stops_deadline(void)
{
	struct scene scene;
	struct pooltoy_lease broken, killed;

	SKIP_IF_ISOLATED("a child that does not come back is killed, not quarantined");
	scene_open(&scene, 2, 600000, 20);
	MUST(pooltoy_checkout(scene.pool, SOON, &broken));
	MUST(pooltoy_checkout(scene.pool, SOON, &killed));
	EXPECT(POOLTOY_ECRASHED, tell(&broken, (struct order){ .verb = BREAK }, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(scene.pool, pooltoy_lease_worker(&killed)));
	gate_await(&scene.gate);
	gate_await(&scene.gate);
	/* The one that was killed had no more than its grace; of the other the manager has heard before. */
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_QUARANTINED, 1);
	EXPECT(POOLTOY_EQUARANTINED, pooltoy_stop_pool(scene.pool, 10));
	EXPECT_STORY("poolio");
	while (scene.troupe.on_stage > 0 || scene.troupe.releases == 0) {
		gate_open(&scene.gate);
		breathe();
	}
	scene_close(&scene);
}

static void a_worker_that_comes_up_when_it_is_called_off_is_told_of_with_its_end(void)
{
	struct scene scene;
	struct gate gate;
	pthread_t stopper;

	gate_init(&gate);
	scene_open(&scene, 0, SOON, SOON);
	scene.troupe.terminate_gate = NULL;
	scene.troupe.init_gate = &gate;
	pooltoy_pool_release(scene.pool);
	scene.pool =
		start_pool(&scene.stage, POOLTOY_POOL_SPEC(.name = "pooly", .worker = &puppet_ops,
							   .argument = &scene.troupe, .size = 1));
	gate_await(&gate);
	stopper = begin(stop_it, scene.pool);
	AWAIT(status_of(scene.pool).stopping == 1);
	gate_open(&gate);
	finish(stopper);
	await_event(&scene.stage, "pooly", POOLTOY_EVENT_POOL_STOPPED, 1);
	CU_ASSERT_EQUAL(scene.troupe.terminates, 1);
	CU_ASSERT_EQUAL(events(&scene.stage, "pooly", POOLTOY_EVENT_WORKER_STARTED), 1);
	CU_ASSERT_EQUAL(events(&scene.stage, "pooly", POOLTOY_EVENT_WORKER_STOPPED), 1);
	scene_close(&scene);
	gate_destroy(&gate);
}

static int stop_what_is_visited(const struct pooltoy_node *node, void *argument)
{
	struct scene *scene = argument;

	if (node->type == POOLTOY_NODE_POOL) {
		CU_ASSERT_STRING_EQUAL(node->pool, "poolio");
		EXPECT(POOLTOY_OK, pooltoy_stop_pool(scene->pool, SOON));
	}
	return 0;
}

static void a_walk_ends_at_a_pool_that_is_stopped_under_it(void)
{
	struct scene scene;
	struct pooltoy_pool *pooly;

	scene_open(&scene, 1, SOON, SOON);
	scene.troupe.terminate_gate = NULL;
	pooly = start_pool(&scene.stage,
			   POOLTOY_POOL_SPEC(.name = "pooly", .worker = &doubler, .size = 1));
	EXPECT(POOLTOY_OK, pooltoy_walk(scene.stage.supervisor, stop_what_is_visited, &scene));
	expect_service(pooly);
	pooltoy_pool_release(pooly);
	scene_close(&scene);
}

static struct gate receiver_gate;
static atomic_int received;

static void receive_and_hang(const struct pooltoy_event *event, void *argument)
{
	(void)event;
	(void)argument;
	if (received++ == 0)
		gate_pass(&receiver_gate);
}

static void a_receiver_that_hangs_is_left_behind_and_counted(void)
{
	struct pooltoy_supervisor *supervisor;

	gate_init(&receiver_gate);
	MUST(pooltoy_supervisor_start_with(POOLTOY_SUPERVISOR_SPEC(.on_event = receive_and_hang),
					   &supervisor));
	MUST(pooltoy_start_pool(supervisor, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler),
				NULL));
	gate_await(&receiver_gate);
	EXPECT(POOLTOY_EQUARANTINED, pooltoy_supervisor_stop(supervisor, 0));
	EXPECT_STORY("1 thread");
	CU_ASSERT_EQUAL(received, 1);
	gate_open(&receiver_gate);
	AWAIT(received > 1); /* it gets what is left, and ends */
	gate_destroy(&receiver_gate);
}

/* Released on the reaper's thread, by who joins the last that was stuck. */
static struct scene *released_scene;
static struct pooltoy_pool *other_pool;
static atomic_int refusals;

static void stop_from_release(void *argument)
{
	EXPECT(POOLTOY_EDEADLK, pooltoy_stop_pool(other_pool, SOON));
	EXPECT_STORY("pooly", "reaper");
	EXPECT(POOLTOY_EDEADLK, pooltoy_supervisor_stop(released_scene->stage.supervisor, SOON));
	refusals++;
	puppet_release(argument);
}

static void release_on_the_reapers_thread_can_stop_nothing(void)
{
	struct scene scene;
	struct gate gate;
	struct pooltoy_lease lease;
	struct pooltoy_pool *pool;

	SKIP_IF_ISOLATED("a child that does not come back is killed, not quarantined");
	gate_init(&gate);
	scene_open(&scene, 1, SOON, SOON);
	scene.troupe.terminate_gate = NULL;
	pooltoy_pool_release(scene.pool);
	released_scene = &scene;
	pool = start_pool(&scene.stage,
			  POOLTOY_POOL_SPEC(.name = "stuck", .worker = &puppet_ops,
					    .argument = &scene.troupe, .size = 1, .grace = 20,
					    .release = stop_from_release));
	scene.pool = other_pool = start_pool(
		&scene.stage, POOLTOY_POOL_SPEC(.name = "pooly", .worker = &doubler, .size = 1));
	MUST(pooltoy_checkout(pool, SOON, &lease));
	MUST(tell_cast(&lease, (struct order){ HOLD_DEAF, 1, &gate }));
	gate_await(&gate);
	EXPECT(POOLTOY_EQUARANTINED, pooltoy_stop_pool(pool, 10));
	gate_open(&gate);
	AWAIT(refusals == 1);
	AWAIT(scene.troupe.releases == 1);
	scene.troupe.releases = 0;
	expect_service(other_pool);
	pooltoy_pool_release(pool);
	scene_close(&scene);
	gate_destroy(&gate);
}

SUITE(TEST(the_supervisors_stop_waits_for_one_that_another_thread_has_begun),
      TEST(the_supervisors_time_counts_for_a_stop_that_another_thread_has_begun),
      TEST(nothing_starts_while_the_supervisor_stops),
      TEST(when_the_time_is_over_no_pool_waits_for_the_stop_of_another),
      TEST(who_is_stuck_when_a_supervisor_stops_is_counted_over_all_pools),
      TEST(a_stop_without_time_interrupts_at_once),
      TEST(workers_on_their_way_out_are_held_to_the_stops_deadline),
      TEST(a_worker_that_comes_up_when_it_is_called_off_is_told_of_with_its_end),
      TEST(a_walk_ends_at_a_pool_that_is_stopped_under_it),
      TEST(a_receiver_that_hangs_is_left_behind_and_counted),
      TEST(release_on_the_reapers_thread_can_stop_nothing))
