/* SPDX-License-Identifier: MIT */
/* test_manager_death.c: managers and supervisors that die: one pool restarts, and nobody else knows. */
#include "scenario/scene.h"

#include <string.h>

static void end_in_service(struct scene *scene)
{
	await_service(scene->pool);
	scene_end(scene);
}

/* One death, and wait for what follows: a new instance, or what comes in its place. */
static void kill_and_await(struct scene *scene, enum pooltoy_event_type type, unsigned nth)
{
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene->pool));
	await_event(&scene->stage, "poolio", type, nth);
}

static void all_workers_end_with_their_manager_and_a_new_instance_serves(void)
{
	struct scene scene;
	struct pooltoy_lease held, lease;
	struct pooltoy_pool_status status;
	const struct recorded *told;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 3));
	MUST(pooltoy_checkout(scene.pool, SOON, &held));
	CU_ASSERT_EQUAL(status_of(scene.pool).monitored, 1);
	kill_and_await(&scene, POOLTOY_EVENT_POOL_RESTARTED, 1);
	EXPECT(POOLTOY_ESTALE, tell(&held, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&held));
	AWAIT(scene.troupe.terminates == 3); /* one for all */
	await_idle(scene.pool, 3);
	CU_ASSERT_EQUAL(scene.troupe.inits, 6);
	CU_ASSERT_EQUAL(scene.troupe.reason, POOLTOY_ESTOPPED);
	status = status_of(scene.pool);
	CU_ASSERT_EQUAL(status.instance, 2);
	CU_ASSERT_EQUAL(status.restarts, 1);
	CU_ASSERT_EQUAL(status.monitored, 0); /* a fresh table */
	CU_ASSERT_EQUAL(status.worker_deaths, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(status.last_reason, "killed"));
	told = await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_CRASHED, 1);
	CU_ASSERT(told && strstr(told->reason, "killed") != NULL);
	told = await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED, 1);
	CU_ASSERT(told && told->duration_ns > 0 && told->instance == 2);
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&held)); /* of the life before */
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	end_in_service(&scene);
}

static void who_waits_keeps_waiting_and_is_served(void)
{
	struct customer queue[3];
	struct scene scene;
	struct pooltoy_lease held;

	memset(queue, 0, sizeof queue);
	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1));
	MUST(pooltoy_checkout(scene.pool, SOON, &held));
	for (int i = 0; i < 3; i++) {
		customer_come(&queue[i], scene.pool, i == 1 ? SOON : -1);
		AWAIT(status_of(scene.pool).waiting == i + 1);
	}
	kill_and_await(&scene, POOLTOY_EVENT_POOL_RESTARTED, 1);
	for (int i = 0; i < 3; i++) {
		EXPECT(POOLTOY_OK, customer_await(&queue[i]));
		customer_go(&queue[i], CHECKIN);
		EXPECT(POOLTOY_OK, queue[i].refusal);
		CU_ASSERT(i == 0 || queue[i].ticket > queue[i - 1].ticket);
	}
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&held));
	end_in_service(&scene);
}

static void *call_in_vain(void *argument)
{
	struct scene *scene = argument;
	struct pooltoy_lease lease;
	struct order hold = { HOLD, 0, &scene->gate };
	int code;

	MUST(pooltoy_checkout(scene->pool, SOON, &lease));
	EXPECT(POOLTOY_OK, tell_cast(&lease, hold));
	code = tell(&lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON);
	if (code != POOLTOY_ESTALE && EXPECT(POOLTOY_ECRASHED, code)) {
		EXPECT_STORY("poolio", "restarts");
		scene->told++;
	}
	return NULL;
}

static void a_call_cut_off_by_a_restart_is_told(void)
{
	struct scene scene;
	pthread_t caller;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1, .max_restarts = 1000, .shutdown = 20));
	for (unsigned nth = 1; nth <= 200 && !scene.told; nth++) {
		caller = begin(call_in_vain, &scene);
		gate_await(&scene.gate);
		breathe(); /* it calls now, or is late, and there is another round */
		kill_and_await(&scene, POOLTOY_EVENT_POOL_RESTARTED, nth);
		finish(caller);
	}
	CU_ASSERT(scene.told > 0);
	CU_ASSERT_EQUAL(scene.troupe.calls, 0);
	end_in_service(&scene);
}

static void *call_through_a_restart(void *argument)
{
	struct scene *scene = argument;
	struct pooltoy_lease lease;
	struct gate gate;
	int answer = 0;

	gate_init(&gate);
	MUST(pooltoy_checkout(scene->pool, SOON, &lease));
	MUST(tell_cast(&lease, (struct order){ HOLD_DEAF, 0, &gate }));
	gate_await(&gate);
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene->pool));
	AWAIT(pooltoy_lease_worker(&lease) == POOLTOY_ESTALE);
	/* The new instance does not wait for the handler that still runs. */
	await_service(scene->pool);
	EXPECT(POOLTOY_ESTALE, tell(&lease, (struct order){ DOUBLE, 1, NULL }, &answer, SOON));
	gate_open(&gate);
	AWAIT(scene->troupe.terminates == 2);
	gate_destroy(&gate);
	return NULL;
}

static void a_running_handler_delays_nobody_but_itself(void)
{
	struct scene scene;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 2, .shutdown = 100));
	finish(begin(call_through_a_restart, &scene));
	await_idle(scene.pool, 2);
	CU_ASSERT_EQUAL(scene.troupe.inits, 4);
	end_in_service(&scene);
}

/* Until it has been swept, a pool whose manager died has idle workers, or some that come up. */
static int try_once(struct pooltoy_pool *pool)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(pool, 0, &lease);

	if (code == POOLTOY_OK)
		(void)pooltoy_checkin(&lease);
	return code;
}

static void four_deaths(struct scene *scene)
{
	for (unsigned nth = 1; nth <= 3; nth++)
		kill_and_await(scene, POOLTOY_EVENT_POOL_RESTARTED, nth);
	CU_ASSERT_EQUAL(events(&scene->stage, "poolio", POOLTOY_EVENT_POOL_BACKOFF), 0);
	kill_and_await(scene, POOLTOY_EVENT_POOL_BACKOFF, 1);
}

static void the_fourth_death_in_five_seconds_is_backoff(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	const struct recorded *told;

	scene_begin(&scene,
		    POOLTOY_POOL_SPEC(.size = 1, .backoff_min = 60000, .backoff_max = 60000));
	four_deaths(&scene);
	told = await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_BACKOFF, 1);
	CU_ASSERT(told && told->duration_ns >= 30 * UINT64_C(1000000000) &&
		  told->duration_ns <= 60 * UINT64_C(1000000000));
	CU_ASSERT_EQUAL(status_of(scene.pool).state, POOLTOY_POOL_BACKOFF);
	AWAIT(status_of(scene.pool).starting == 0 && try_once(scene.pool) == POOLTOY_ESTARTING);
	EXPECT(POOLTOY_ESTARTING, pooltoy_kill_manager(scene.pool));
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_checkout(scene.pool, 10, &lease));
	EXPECT(POOLTOY_OK, pooltoy_pool_revive(scene.pool));
	end_in_service(&scene);
}

static void after_a_backoff_those_who_waited_are_served(void)
{
	struct customer waiter = { 0 };
	struct scene scene;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1, .backoff_min = 100));
	four_deaths(&scene);
	customer_come(&waiter, scene.pool, -1);
	EXPECT(POOLTOY_OK, customer_await(&waiter));
	customer_go(&waiter, CHECKIN);
	AWAIT(status_of(scene.pool).state == POOLTOY_POOL_READY);
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED, 4);
	CU_ASSERT_EQUAL(status_of(scene.pool).restarts, 4);
	end_in_service(&scene);
}

static void a_pool_that_still_crashes_is_given_up_and_can_be_revived(void)
{
	struct customer waiter = { 0 };
	struct scene scene;
	struct pooltoy_pool *pooly;
	struct pooltoy_lease lease;
	unsigned backoffs = 0, waiting = 0, restarts;

	scene_begin(&scene,
		    POOLTOY_POOL_SPEC(.size = 1, .max_restarts = POOLTOY_NONE, .backoff_min = 5,
				      .backoff_max = 10, .give_up_after = 60));
	pooly = start_pool(&scene.stage,
			   POOLTOY_POOL_SPEC(.name = "pooly", .worker = &doubler, .size = 1));
	while (status_of(scene.pool).state != POOLTOY_POOL_FAILED && backoffs < 1000) {
		if (pooltoy_kill_manager(scene.pool) == POOLTOY_OK)
			backoffs = events(&scene.stage, "poolio", POOLTOY_EVENT_POOL_BACKOFF);
		if (!waiting++)
			customer_come(&waiter, scene.pool, -1);
		breathe();
	}
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_FAILED, 1);
	CU_ASSERT(events(&scene.stage, "poolio", POOLTOY_EVENT_POOL_BACKOFF) > 1);
	/* Who waited was served in between, or is told. */
	if (customer_await(&waiter) != POOLTOY_OK) {
		EXPECT(POOLTOY_EFAILED, waiter.code);
		CU_ASSERT_PTR_NOT_NULL(strstr(waiter.story, "killed"));
	}
	customer_go(&waiter, CHECKIN);
	AWAIT(try_once(scene.pool) == POOLTOY_EFAILED);
	EXPECT(POOLTOY_EFAILED, pooltoy_checkout(scene.pool, -1, &lease));
	EXPECT_STORY("poolio", "failed", "killed");
	EXPECT(POOLTOY_EFAILED, pooltoy_kill_manager(scene.pool));
	expect_service(pooly); /* never its siblings */

	restarts = events(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED);
	EXPECT(POOLTOY_OK, pooltoy_pool_revive(scene.pool));
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_REVIVED, 1);
	/* Until then a worker of before may be had, which is about to end. */
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED, restarts + 1);
	expect_service(scene.pool);
	EXPECT(POOLTOY_OK, pooltoy_pool_revive(scene.pool)); /* it runs */
	pooltoy_pool_release(pooly);
	end_in_service(&scene);
}

static void a_revival_starts_with_a_clean_history(void)
{
	struct scene scene;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1, .backoff_min = SOON));
	for (unsigned round = 1; round <= 2; round++) {
		for (unsigned nth = 1; nth <= 3; nth++) {
			kill_and_await(&scene, POOLTOY_EVENT_POOL_RESTARTED, 4 * (round - 1) + nth);
			expect_service(scene.pool);
		}
		kill_and_await(&scene, POOLTOY_EVENT_POOL_BACKOFF, round);
		EXPECT(POOLTOY_OK, pooltoy_pool_revive(scene.pool));
		await_event(&scene.stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED, 4 * round);
		expect_service(scene.pool);
	}
	end_in_service(&scene);
}

/* A client of pooly's that misses nothing. */
struct regular {
	struct pooltoy_pool *pool;
	atomic_bool enough;
	atomic_ulong calls;
	unsigned long misses;
};

static void *call_all_the_time(void *argument)
{
	struct regular *regular = argument;
	struct pooltoy_lease lease;
	int answer;

	while (!regular->enough) {
		regular->calls++;
		if (pooltoy_checkout(regular->pool, SOON, &lease) ||
		    tell(&lease, (struct order){ DOUBLE, 7, NULL }, &answer, SOON) ||
		    answer != 14 || pooltoy_checkin(&lease))
			regular->misses++;
	}
	return NULL;
}

static void a_thousand_deaths_of_poolio_and_pooly_misses_no_call(void)
{
	enum { DEATHS = SANITIZED ? 200 : 1000 };
	struct regular regular = { 0 };
	struct scene scene;
	pthread_t client;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 3, .max_restarts = 2000));
	regular.pool = start_pool(
		&scene.stage, POOLTOY_POOL_SPEC(.name = "pooly", .worker = &doubler, .size = 3));
	client = begin(call_all_the_time, &regular);
	for (unsigned nth = 1; nth <= DEATHS; nth++) {
		EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
		AWAIT(status_of(scene.pool).restarts == nth);
		/* All along; the deaths alone may be over before the first child has come up. */
		AWAIT(regular.calls > nth * 100 / DEATHS);
	}
	regular.enough = true;
	finish(client);
	CU_ASSERT(regular.calls > 100);
	CU_ASSERT_EQUAL(regular.misses, 0);
	AWAIT(status_of(scene.pool).instance == DEATHS + 1); /* just after the restart is counted */
	CU_ASSERT_EQUAL(status_of(regular.pool).instance, 1);
	CU_ASSERT_EQUAL(status_of(regular.pool).worker_deaths, 0);
	await_service(scene.pool);
	pooltoy_pool_release(regular.pool);
	end_in_service(&scene);
}

static void the_supervisor_dies_and_its_pools_go_on_as_they_are(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	int inits;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 3, .max_restarts = 100));
	MUST(pooltoy_checkout(scene.pool, SOON, &lease));
	for (unsigned nth = 1; nth <= 20; nth++) {
		EXPECT(POOLTOY_OK, pooltoy_kill_supervisor(scene.stage.supervisor));
		await_event(&scene.stage, "", POOLTOY_EVENT_SUPERVISOR_RESTARTED, nth);
		EXPECT(POOLTOY_OK, tell(&lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	}
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	CU_ASSERT_EQUAL(scene.troupe.inits, 3);
	CU_ASSERT_EQUAL(status_of(scene.pool).instance, 1);
	EXPECT(POOLTOY_EEXIST,
	       pooltoy_start_pool(scene.stage.supervisor,
				  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler), NULL));

	/* It still does its work: restarts, and starts. */
	inits = scene.troupe.inits;
	for (unsigned nth = 1; nth <= 20; nth++) {
		EXPECT(POOLTOY_OK, pooltoy_kill_supervisor(scene.stage.supervisor));
		kill_and_await(&scene, POOLTOY_EVENT_POOL_RESTARTED, nth);
	}
	await_idle(scene.pool, 3);
	expect_service(scene.pool);
	CU_ASSERT(scene.troupe.inits > inits);
	MUST(pooltoy_start_pool(scene.stage.supervisor,
				POOLTOY_POOL_SPEC(.name = "pooly", .worker = &doubler, .size = 1),
				NULL));
	end_in_service(&scene);
}

static void exclusive_workers_never_overlap_through_deaths_of_all_kinds(void)
{
	struct scene scene;
	struct pooltoy_lease lease;

	scene_begin(&scene, POOLTOY_POOL_SPEC(.size = 1, .exclusive = 1, .max_restarts = 1000,
					      .backoff_min = 1, .backoff_max = 1));
	for (unsigned nth = 1; nth <= 100; nth++) {
		if (pooltoy_checkout(scene.pool, SOON, &lease) == POOLTOY_OK)
			(void)tell(&lease, (struct order){ nth % 3 ? DOUBLE : LEAVE, 1, NULL },
				   NULL, SOON);
		(void)pooltoy_checkin(&lease);
		if (nth % 2)
			(void)pooltoy_kill_worker(scene.pool, -1);
		EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
		AWAIT(status_of(scene.pool).restarts == nth);
	}
	await_service(scene.pool);
	CU_ASSERT_EQUAL(scene.troupe.most_on_stage, 1);
	CU_ASSERT(scene.troupe.inits > 50);
	end_in_service(&scene);
}

static void an_exclusive_successor_waits_for_its_predecessors_terminate(void)
{
	struct scene scene;
	struct pooltoy_lease lease;
	struct gate gate;

	SKIP_IF_ISOLATED("a child that does not come back is killed, not quarantined");
	gate_init(&gate);
	scene_begin(&scene,
		    POOLTOY_POOL_SPEC(.size = 1, .exclusive = 1, .shutdown = 20, .grace = 20));
	scene.troupe.terminate_gate = &gate;
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(scene.pool));
	gate_await(&gate);
	/* Its time, and its grace, go by; it is quarantined, and still nobody takes its place. */
	await_event(&scene.stage, "poolio", POOLTOY_EVENT_WORKER_QUARANTINED, 1);
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_checkout(scene.pool, 50, &lease));
	CU_ASSERT_EQUAL(scene.troupe.inits, 1);
	scene.troupe.terminate_gate = NULL;
	gate_open(&gate);
	expect_service(scene.pool);
	CU_ASSERT_EQUAL(scene.troupe.most_on_stage, 1);
	end_in_service(&scene);
	gate_destroy(&gate);
}

SUITE(TEST(all_workers_end_with_their_manager_and_a_new_instance_serves),
      TEST(who_waits_keeps_waiting_and_is_served), TEST(a_call_cut_off_by_a_restart_is_told),
      TEST(a_running_handler_delays_nobody_but_itself),
      TEST(the_fourth_death_in_five_seconds_is_backoff),
      TEST(after_a_backoff_those_who_waited_are_served),
      TEST(a_pool_that_still_crashes_is_given_up_and_can_be_revived),
      TEST(a_revival_starts_with_a_clean_history),
      TEST(a_thousand_deaths_of_poolio_and_pooly_misses_no_call),
      TEST(the_supervisor_dies_and_its_pools_go_on_as_they_are),
      TEST(exclusive_workers_never_overlap_through_deaths_of_all_kinds),
      TEST(an_exclusive_successor_waits_for_its_predecessors_terminate))
