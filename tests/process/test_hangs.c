/* SPDX-License-Identifier: MIT */
/* test_hangs.c: children that take too long: interrupted, and killed. */
#include "process/rogues.h"

#include <string.h>

/* Time. */

static void a_handler_past_its_deadline_is_interrupted_and_goes_on(void)
{
	struct scene scene;
	struct rogue_self self;
	int code;

	open_with(&scene, (struct pooltoy_pool_spec){ .grace = SOON });
	check_out(&scene);
	/* Interrupted, it may answer before its caller is away: then that is what it came to. */
	code = tell_rogue(&scene, ROGUE_WAIT, 1, NULL, 20);
	CU_ASSERT(code == POOLTOY_ETIMEDOUT || code == POOLTOY_OK);
	MUST(pooltoy_checkin(&scene.lease));
	check_out(&scene);
	self = describe(&scene);
	CU_ASSERT_EQUAL(self.inits, 1);
	CU_ASSERT_EQUAL(self.interrupts, 1);
	CU_ASSERT_EQUAL(status_of(scene.pool).worker_deaths, 0);
	MUST(pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void expect_death_of_a_loop(const struct pooltoy_worker_ops *ops)
{
	struct scene scene;
	const struct recorded *told;

	open_with(&scene, (struct pooltoy_pool_spec){ .worker = ops, .grace = 50 });
	check_out(&scene);
	EXPECT(POOLTOY_ETIMEDOUT, tell_rogue(&scene, ROGUE_LOOP, 0, NULL, 20));
	told = await_event(&scene.stage, "rogues", POOLTOY_EVENT_WORKER_DIED, 1);
	CU_ASSERT(told && strstr(told->reason, "signal 9"));
	EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&scene.lease));
	expect_a_successor(&scene);
	CU_ASSERT_EQUAL(events(&scene.stage, "rogues", POOLTOY_EVENT_WORKER_QUARANTINED), 0);
	CU_ASSERT_EQUAL(status_of(scene.pool).quarantined, 0);
	scene_close(&scene);
}

static void a_handler_that_loops_is_killed_not_quarantined(void)
{
	expect_death_of_a_loop(&rogue_ops);
	expect_death_of_a_loop(&deaf_rogue_ops);
}

/* The system takes its time to end one that has much memory, more than the grace time. */
static void a_child_that_was_killed_may_take_longer_than_the_grace_time_to_end(void)
{
	enum { MEBIBYTES = 512 };
	struct scene scene;
	int eaten = 0;

	open_with(&scene, (struct pooltoy_pool_spec){ .worker = &deaf_rogue_ops, .grace = 1 });
	check_out(&scene);
	MUST(tell_rogue(&scene, ROGUE_EAT, MEBIBYTES, &eaten, SOON));
	CU_ASSERT_EQUAL(eaten, MEBIBYTES);
	EXPECT(POOLTOY_ETIMEDOUT, tell_rogue(&scene, ROGUE_LOOP, 0, NULL, 20));
	await_event(&scene.stage, "rogues", POOLTOY_EVENT_WORKER_DIED, 1);
	CU_ASSERT_EQUAL(events(&scene.stage, "rogues", POOLTOY_EVENT_WORKER_QUARANTINED), 0);
	expect_a_successor(&scene);
	scene_close(&scene);
}

static void a_kill_of_a_worker_that_loops_ends_it(void)
{
	struct scene scene;

	open_with(&scene, (struct pooltoy_pool_spec){ .worker = &deaf_rogue_ops, .grace = 20 });
	check_out(&scene);
	MUST(cast_rogue(&scene, ROGUE_LOOP, 0));
	MUST(pooltoy_kill_worker(scene.pool, 0));
	await_event(&scene.stage, "rogues", POOLTOY_EVENT_WORKER_DIED, 1);
	expect_a_successor(&scene);
	scene_close(&scene);
}

static void a_stop_ends_a_worker_that_loops(void)
{
	struct scene scene;

	open_with(&scene, (struct pooltoy_pool_spec){ .worker = &deaf_rogue_ops, .grace = 20 });
	check_out(&scene);
	MUST(cast_rogue(&scene, ROGUE_LOOP, 0));
	EXPECT(POOLTOY_OK, pooltoy_stop_pool(scene.pool, 20));
	scene_close(&scene);
}

static void a_terminate_that_hangs_is_ended(void)
{
	struct scene scene;

	open_with(&scene,
		  (struct pooltoy_pool_spec){
			  .argument = "stay", .argument_length = 5, .shutdown = 20, .grace = 20 });
	expect_a_successor(&scene);
	EXPECT(POOLTOY_OK, pooltoy_stop_pool(scene.pool, 20));
	scene_close(&scene);
}

static void an_init_that_hangs_is_ended_by_a_stop(void)
{
	struct scene scene;

	open_with(&scene, (struct pooltoy_pool_spec){
				  .argument = "hang", .argument_length = 5, .grace = 20 });
	EXPECT(POOLTOY_OK, pooltoy_stop_pool(scene.pool, 20));
	scene_close(&scene);
}

/* Of an init: on a busy machine the process may have taken too long to begin it. */
static const struct recorded *await_failed_init(struct scene *scene)
{
	const struct recorded *told;
	unsigned nth = 0;

	do
		told = await_event(&scene->stage, "rogues", POOLTOY_EVENT_WORKER_START_FAILED,
				   ++nth);
	while (told && strstr(told->reason, "its start took longer"));
	return told;
}

static void callbacks_without_a_deadline_have_a_limit_of_time(void)
{
	static const struct {
		const char *argument, *story;
	} cases[] = { { "hang", "init took longer" }, { "no reset", "reset took longer" } };
	struct scene scene;
	const struct recorded *told;

	open_with(&scene, (struct pooltoy_pool_spec){ .grace = 20,
						      .limits = POOLTOY_LIMITS(.callback = 50) });
	check_out(&scene);
	MUST(cast_rogue(&scene, ROGUE_LOOP, 0));
	told = await_event(&scene.stage, "rogues", POOLTOY_EVENT_WORKER_DIED, 1);
	CU_ASSERT(told && strstr(told->reason, "handle_cast took longer than 50 ms"));
	scene_close(&scene);

	open_with(&scene, (struct pooltoy_pool_spec){ .argument = (void *)cases[0].argument,
						      .argument_length = 5,
						      .grace = 20,
						      .limits = POOLTOY_LIMITS(.callback = 50) });
	told = await_failed_init(&scene);
	CU_ASSERT(told && strstr(told->reason, cases[0].story));
	scene_close(&scene);

	open_with(&scene, (struct pooltoy_pool_spec){ .argument = (void *)cases[1].argument,
						      .argument_length = 9,
						      .grace = 20,
						      .limits = POOLTOY_LIMITS(.callback = 50) });
	finish(begin(hold_and_end, &scene));
	told = await_event(&scene.stage, "rogues", POOLTOY_EVENT_WORKER_DIED, 1);
	CU_ASSERT(told && strstr(told->reason, cases[1].story));
	scene_close(&scene);
}

static void a_handler_knows_how_much_time_its_caller_has(void)
{
	struct scene scene;
	int left = 0;

	scene_open(&scene);
	check_out(&scene);
	MUST(tell_rogue(&scene, ROGUE_LEFT, 0, &left, SOON));
	CU_ASSERT(left > 0 && left <= SOON);
	MUST(tell_rogue(&scene, ROGUE_LEFT, 0, &left, -1));
	CU_ASSERT_EQUAL(left, -1);
	MUST(pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

SUITE(TEST(a_handler_past_its_deadline_is_interrupted_and_goes_on),
      TEST(a_handler_that_loops_is_killed_not_quarantined),
      TEST(a_child_that_was_killed_may_take_longer_than_the_grace_time_to_end),
      TEST(a_kill_of_a_worker_that_loops_ends_it), TEST(a_stop_ends_a_worker_that_loops),
      TEST(a_terminate_that_hangs_is_ended), TEST(an_init_that_hangs_is_ended_by_a_stop),
      TEST(callbacks_without_a_deadline_have_a_limit_of_time),
      TEST(a_handler_knows_how_much_time_its_caller_has))
