/* SPDX-License-Identifier: MIT */
/* test_endings.c: every way in which a child ends, and what is told of it. */
#include "process/rogues.h"

#include <signal.h>
#include <string.h>

/* Each way to end, in a call, in a cast, and in a task. */

struct way {
	int verb, number;
	const char *story;
};

static const struct way ways[] = { { ROGUE_ABORT, 0, "signal 6" },
				   { ROGUE_SEGV, 0, "signal 11" },
				   { ROGUE_BUS, 0, "signal 7" },
				   { ROGUE_OVERFLOW, 0, "signal 11" },
				   { ROGUE_DIVIDE, 0, "signal 8" },
				   { ROGUE_EXIT, 3, "exited with status 3" },
				   { ROGUE_EXIT, 0, "exited with status 0" },
				   { ROGUE_KILL, 0, "signal 9" },
				   { ROGUE_BREAK, 0, "told to break" },
				   { ROGUE_LEAVE, 0, "told to leave" },
				   { ROGUE_THREAD, 0, "thread ended in a callback" } };
enum { WAYS = sizeof ways / sizeof *ways };

static void each_way_to_end_in_a_call_is_told_and_costs_one_worker(void)
{
	struct scene scene;
	unsigned i;

	scene_open(&scene);
	for (i = 0; i < WAYS; i++) {
		const struct recorded *told;

		check_out(&scene);
		EXPECT(POOLTOY_ECRASHED,
		       tell_rogue(&scene, ways[i].verb, ways[i].number, NULL, SOON));
		EXPECT_STORY("rogues", "worker", ways[i].story);
		EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&scene.lease));
		told = await_event(&scene.stage, "rogues", POOLTOY_EVENT_WORKER_DIED, i + 1);
		CU_ASSERT(told && strstr(told->reason, ways[i].story));
		expect_a_successor(&scene);
	}
	CU_ASSERT_EQUAL(status_of(scene.pool).worker_deaths, WAYS);
	CU_ASSERT_EQUAL(status_of(scene.pool).restarts, 0);
	scene_close(&scene);
}

static void each_way_to_end_in_a_cast_is_told(void)
{
	struct scene scene;
	unsigned i;

	scene_open(&scene);
	for (i = 0; i < WAYS; i++) {
		const struct recorded *told;

		check_out(&scene);
		EXPECT(POOLTOY_OK, cast_rogue(&scene, ways[i].verb, ways[i].number));
		told = await_event(&scene.stage, "rogues", POOLTOY_EVENT_WORKER_DIED, i + 1);
		CU_ASSERT(told && strstr(told->reason, ways[i].story));
		EXPECT(POOLTOY_ESTALE, pooltoy_checkin(&scene.lease));
		expect_a_successor(&scene);
	}
	scene_close(&scene);
}

struct ending {
	struct gate told;
	int code;
	char reason[256];
};

static void note_outcome(const struct pooltoy_outcome *outcome, void *argument)
{
	struct ending *ending = argument;

	ending->code = outcome->code;
	strncpy(ending->reason, outcome->reason, sizeof ending->reason - 1);
	gate_pass(&ending->told);
}

static void each_way_to_end_in_a_task_is_told(void)
{
	struct scene scene;
	unsigned i;

	scene_open(&scene);
	for (i = 0; i < WAYS; i++) {
		struct rogue_order order = { ways[i].verb, ways[i].number };
		struct ending ending = { .code = 1 };

		gate_init(&ending.told);
		MUST(pooltoy_submit(scene.pool, &order, sizeof order, note_outcome, &ending, NULL));
		CU_ASSERT(gate_await(&ending.told));
		gate_open(&ending.told);
		CU_ASSERT_EQUAL(ending.code, POOLTOY_ECRASHED);
		CU_ASSERT_PTR_NOT_NULL(strstr(ending.reason, ways[i].story));
		expect_a_successor(&scene);
		gate_destroy(&ending.told);
	}
	scene_close(&scene);
}

static void an_idle_child_that_is_killed_is_replaced(void)
{
	struct scene scene;
	struct rogue_self self;
	const struct recorded *told;

	scene_open(&scene);
	check_out(&scene);
	self = describe(&scene);
	MUST(pooltoy_checkin(&scene.lease));
	kill((pid_t)self.process, SIGKILL);
	told = await_event(&scene.stage, "rogues", POOLTOY_EVENT_WORKER_DIED, 1);
	CU_ASSERT(told && strstr(told->reason, "signal 9"));
	expect_a_successor(&scene);
	scene_close(&scene);
}

static void a_leased_child_that_is_killed_takes_its_lease_along(void)
{
	struct scene scene;
	struct rogue_self self;

	scene_open(&scene);
	check_out(&scene);
	self = describe(&scene);
	kill((pid_t)self.process, SIGTERM);
	await_event(&scene.stage, "rogues", POOLTOY_EVENT_WORKER_DIED, 1);
	EXPECT(POOLTOY_ESTALE, tell_rogue(&scene, ROGUE_DOUBLE, 1, NULL, SOON));
	expect_a_successor(&scene);
	scene_close(&scene);
}

/* What a child says. */

static void its_last_words_are_told(void)
{
	struct scene scene;

	scene_open(&scene);
	check_out(&scene);
	MUST(tell_rogue(&scene, ROGUE_SAY, 3, NULL, SOON));
	EXPECT(POOLTOY_ECRASHED, tell_rogue(&scene, ROGUE_ABORT, 0, NULL, SOON));
	EXPECT_STORY("signal 6", "last words");
	scene_close(&scene);
}

static void many_words_do_not_hold_it_up(void)
{
	struct scene scene;
	int answer = 0;

	scene_open(&scene);
	check_out(&scene);
	/* Several times what a pipe holds, in one call. */
	EXPECT(POOLTOY_OK, tell_rogue(&scene, ROGUE_SAY, 10000, &answer, SOON));
	CU_ASSERT_EQUAL(answer, 10000);
	MUST(pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

/* What a child says on its stderr, the server says, too. */
static void terminate_is_told_why(void)
{
	FILE *words = tmpfile();
	int before = dup(STDERR_FILENO);
	char line[256] = "";
	struct scene scene;

	dup2(fileno(words), STDERR_FILENO);
	open_with(&scene, (struct pooltoy_pool_spec){ .argument = "tell", .argument_length = 5 });
	expect_a_successor(&scene);
	scene_close(&scene);
	dup2(before, STDERR_FILENO);
	close(before);
	rewind(words);
	CU_ASSERT_PTR_NOT_NULL(fgets(line, sizeof line, words));
	CU_ASSERT_STRING_EQUAL(line, "terminated with -11\n"); /* POOLTOY_ESTOPPED */
	fclose(words);
}

SUITE(TEST(each_way_to_end_in_a_call_is_told_and_costs_one_worker),
      TEST(each_way_to_end_in_a_cast_is_told), TEST(each_way_to_end_in_a_task_is_told),
      TEST(an_idle_child_that_is_killed_is_replaced),
      TEST(a_leased_child_that_is_killed_takes_its_lease_along), TEST(its_last_words_are_told),
      TEST(many_words_do_not_hold_it_up), TEST(terminate_is_told_why))
