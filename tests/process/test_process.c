/* SPDX-License-Identifier: MIT */
/* test_process.c: workers in child processes: every way to end, to hang, to be limited, to be refused. */
#include "process/rogue.h"
#include "process/support.h"
#include "scenario/support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern const struct pooltoy_worker_ops rogue_ops, deaf_rogue_ops;

/* A pool of one rogue. */
struct scene {
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;
	int descriptors; /* of this process, before */
};

static void open_with(struct scene *scene, struct pooltoy_pool_spec spec)
{
	memset(scene, 0, sizeof *scene);
	scene->descriptors = count_descriptors();
	stage_open(&scene->stage);
	spec.struct_size = sizeof spec;
	spec.name = "rogues";
	spec.worker = spec.worker ? spec.worker : &rogue_ops;
	spec.isolation = POOLTOY_PROCESS;
	spec.size = spec.size ? spec.size : 1;
	spec.backoff_min = POOLTOY_NONE;
	scene->pool = start_pool(&scene->stage, &spec);
}

static void scene_open(struct scene *scene)
{
	open_with(scene, (struct pooltoy_pool_spec){ .grace = 100 });
}

static void scene_close(struct scene *scene)
{
	pooltoy_pool_release(scene->pool);
	stage_close(&scene->stage);
	expect_nothing_left(scene->descriptors);
}

static void check_out(struct scene *scene)
{
	MUST(pooltoy_checkout(scene->pool, SOON, &scene->lease));
}

static int tell_rogue(struct scene *scene, int verb, int number, int *answer, int timeout_ms)
{
	struct rogue_order order = { verb, number };
	size_t length = sizeof *answer;

	return pooltoy_call(&scene->lease, &order, sizeof order, answer, answer ? &length : NULL,
			    timeout_ms);
}

static int cast_rogue(struct scene *scene, int verb, int number)
{
	struct rogue_order order = { verb, number };

	return pooltoy_cast(&scene->lease, &order, sizeof order);
}

static struct rogue_self describe(struct scene *scene)
{
	struct rogue_order order = { ROGUE_DESCRIBE, 0 };
	struct rogue_self self;
	size_t length = sizeof self;

	memset(&self, 0, sizeof self);
	EXPECT(POOLTOY_OK, pooltoy_call(&scene->lease, &order, sizeof order, &self, &length, SOON));
	CU_ASSERT_EQUAL(length, sizeof self);
	return self;
}

/* A fresh child serves. */
static void expect_a_successor(struct scene *scene)
{
	int answer = 0;

	check_out(scene);
	EXPECT(POOLTOY_OK, tell_rogue(scene, ROGUE_DOUBLE, 21, &answer, SOON));
	CU_ASSERT_EQUAL(answer, 42);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene->lease));
}

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

/* What it is. */

static void a_child_is_alone_in_its_session_with_few_descriptors(void)
{
	struct scene scene;
	struct rogue_self self;
	int leaked = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */

	open_with(&scene, (struct pooltoy_pool_spec){ .argument = "hello", .argument_length = 6 });
	check_out(&scene);
	self = describe(&scene);
	CU_ASSERT_NOT_EQUAL(self.process, getpid());
	CU_ASSERT_EQUAL(self.session, self.process);
	CU_ASSERT_EQUAL(self.parent, getpid());
	CU_ASSERT_EQUAL(self.descriptors, 5);
	CU_ASSERT_EQUAL(self.no_new_privs, 1);
	CU_ASSERT_FALSE(self.has_controlling_terminal);
	CU_ASSERT_EQUAL(self.blocked_signals, 0);
	CU_ASSERT_STRING_EQUAL(self.argument, "hello");
	CU_ASSERT_STRING_EQUAL(self.name, "rogues/0");
	CU_ASSERT_STRING_EQUAL(self.pool, "rogues");
	CU_ASSERT_EQUAL(self.index, 0);
	CU_ASSERT_FALSE(self.has_pool);
	MUST(pooltoy_checkin(&scene.lease));
	scene_close(&scene);
	close(leaked);
}

static void each_child_has_a_state_of_its_own(void)
{
	struct scene scene;
	struct rogue_self one, other;
	struct pooltoy_lease first;

	open_with(&scene, (struct pooltoy_pool_spec){ .size = 2 });
	check_out(&scene);
	first = scene.lease;
	MUST(cast_rogue(&scene, ROGUE_DOUBLE, 1));
	one = describe(&scene);
	check_out(&scene);
	other = describe(&scene);
	CU_ASSERT_NOT_EQUAL(one.process, other.process);
	CU_ASSERT_EQUAL(one.casts, 1);
	CU_ASSERT_EQUAL(other.casts, 0);
	CU_ASSERT_EQUAL(one.inits + other.inits, 2);
	MUST(pooltoy_checkin(&scene.lease));
	MUST(pooltoy_checkin(&first));
	scene_close(&scene);
}

static void its_state_is_out_of_reach(void)
{
	struct scene scene;
	void *state;

	scene_open(&scene);
	check_out(&scene);
	EXPECT(POOLTOY_EISOLATED, pooltoy_lease_state(&scene.lease, &state));
	EXPECT_STORY("rogues", "child process");
	MUST(pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void *hold_and_end(void *argument)
{
	struct scene *scene = argument;

	check_out(scene);
	return NULL;
}

static void a_client_that_ends_has_its_child_reset(void)
{
	struct scene scene;

	scene_open(&scene);
	finish(begin(hold_and_end, &scene));
	check_out(&scene);
	CU_ASSERT_EQUAL(describe(&scene).resets, 1);
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

/* Messages of all sizes. */

static void messages_of_all_sizes_pass(void)
{
	static const size_t sizes[] = { 0, 1, 7, 8, 9, 4096, 65407, 65408, 65409, 200000, 5000000 };
	struct scene scene;
	unsigned i;

	scene_open(&scene);
	check_out(&scene);
	for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		size_t length = sizes[i], j, wrong = 0;
		unsigned char *sent = malloc(length + 1), *got = malloc(length + 1);

		for (j = 0; j < length; j++)
			sent[j] = pattern_at(j);
		if (length == sizeof(struct rogue_order))
			memset(sent, 0, length); /* that is an order: to double 0 */
		EXPECT(POOLTOY_OK, pooltoy_call(&scene.lease, sent, length, got, &length, SOON));
		if (sizes[i] != sizeof(struct rogue_order)) {
			CU_ASSERT_EQUAL(length, sizes[i]);
			for (j = 0; j < length; j++)
				wrong += sent[j] != got[j];
			CU_ASSERT_EQUAL(wrong, 0);
		}
		free(sent);
		free(got);
	}
	MUST(pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void a_reply_beyond_the_limit_ends_the_child(void)
{
	struct scene scene;
	struct rogue_order order = { ROGUE_GROW, 100001 };
	size_t length = 0;

	open_with(&scene, (struct pooltoy_pool_spec){ .limits = POOLTOY_LIMITS(.reply = 100000) });
	check_out(&scene);
	EXPECT(POOLTOY_ECRASHED,
	       pooltoy_call(&scene.lease, &order, sizeof order, NULL, &length, SOON));
	EXPECT_STORY("rogues", "too much");
	expect_a_successor(&scene);
	scene_close(&scene);
}

/* Time. */

static void a_handler_past_its_deadline_is_interrupted_and_goes_on(void)
{
	struct scene scene;
	struct rogue_self self;

	open_with(&scene, (struct pooltoy_pool_spec){ .grace = SOON });
	check_out(&scene);
	EXPECT(POOLTOY_ETIMEDOUT, tell_rogue(&scene, ROGUE_WAIT, 1, NULL, 20));
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
	told = await_event(&scene.stage, "rogues", POOLTOY_EVENT_WORKER_START_FAILED, 1);
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

/* Starts that fail. */

static void expect_failed_start(const char *argument, const char *story)
{
	struct scene scene;
	const struct recorded *told;

	open_with(&scene, (struct pooltoy_pool_spec){ .argument = (void *)argument,
						      .argument_length = strlen(argument) + 1 });
	told = await_event(&scene.stage, "rogues", POOLTOY_EVENT_WORKER_START_FAILED, 1);
	CU_ASSERT(told && strstr(told->reason, story));
	EXPECT(POOLTOY_ETIMEDOUT, pooltoy_checkout(scene.pool, 10, &scene.lease));
	EXPECT_STORY("rogues", story);
	scene_close(&scene);
}

static void an_init_that_fails_or_dies_is_told(void)
{
	expect_failed_start("fail", "no courage");
	expect_failed_start("die", "signal 6");
}

static void expect_refusal(struct pooltoy_pool_spec spec, const char *story)
{
	struct stage stage;

	stage_open(&stage);
	spec.struct_size = sizeof spec;
	spec.name = "rogues";
	spec.size = 1;
	EXPECT(POOLTOY_EINVAL, pooltoy_start_pool(stage.supervisor, &spec, NULL));
	EXPECT_STORY("rogues", story);
	stage_close(&stage);
}

static void what_makes_no_sense_is_refused(void)
{
	expect_refusal((struct pooltoy_pool_spec){ .worker = &rogue_ops,
						   .limits = POOLTOY_LIMITS(.memory = 1) },
		       "isolation");
	expect_refusal((struct pooltoy_pool_spec){ .worker = &rogue_ops, .isolation = 2 },
		       "isolation");
	expect_refusal((struct pooltoy_pool_spec){ .worker = &rogue_ops,
						   .isolation = POOLTOY_PROCESS,
						   .limits = POOLTOY_LIMITS(.open_files = -1) },
		       "open_files");
	expect_refusal((struct pooltoy_pool_spec){ .worker = &rogue_ops,
						   .isolation = POOLTOY_PROCESS,
						   .limits = POOLTOY_LIMITS(.cgroup = "/nowhere") },
		       "cgroup");
	expect_refusal((struct pooltoy_pool_spec){ .worker = &rogue_ops,
						   .isolation = POOLTOY_PROCESS,
						   .module = "/nowhere/at/all.so" },
		       "/nowhere/at/all.so");
	/* Of this program, not of a shared object. */
	expect_refusal(
		(struct pooltoy_pool_spec){ .worker = &doubler, .isolation = POOLTOY_PROCESS },
		"part of the program");
}

static void expect_bad_start(struct pooltoy_pool_spec spec, const char *story)
{
	struct scene scene;
	const struct recorded *told;

	open_with(&scene, spec);
	told = await_event(&scene.stage, "rogues", POOLTOY_EVENT_WORKER_START_FAILED, 1);
	CU_ASSERT(told && strstr(told->reason, story));
	scene_close(&scene);
}

static void what_the_child_cannot_do_is_told(void)
{
	expect_bad_start((struct pooltoy_pool_spec){ .symbol = "no_such_ops" }, "no_such_ops");
	expect_bad_start((struct pooltoy_pool_spec){ .module = "libnowhere.so", .symbol = "x" },
			 "libnowhere.so");
	expect_bad_start(
		(struct pooltoy_pool_spec){ .limits = POOLTOY_LIMITS(.user = "no such user") },
		"no such user");
}

/* Limits. */

static void the_limit_of_open_files_holds(void)
{
	struct scene scene;
	int opened = 0;

	open_with(&scene, (struct pooltoy_pool_spec){ .limits = POOLTOY_LIMITS(.open_files = 32) });
	check_out(&scene);
	MUST(tell_rogue(&scene, ROGUE_OPEN, 0, &opened, SOON));
	CU_ASSERT(opened > 0 && opened < 32);
	MUST(pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void the_limit_of_processor_time_holds(void)
{
	struct scene scene;

	open_with(&scene, (struct pooltoy_pool_spec){ .limits = POOLTOY_LIMITS(.cpu_seconds = 1) });
	check_out(&scene);
	EXPECT(POOLTOY_ECRASHED, tell_rogue(&scene, ROGUE_LOOP, 0, NULL, SOON));
	EXPECT_STORY("rogues", "CPU time");
	expect_a_successor(&scene);
	scene_close(&scene);
}

static void the_limit_of_memory_holds(void)
{
	struct scene scene;
	int eaten = 1000;

	if (SANITIZED)
		SKIP("a sanitizer wants the whole address space");
	open_with(&scene,
		  (struct pooltoy_pool_spec){ .limits = POOLTOY_LIMITS(.memory = 128 << 20) });
	check_out(&scene);
	MUST(tell_rogue(&scene, ROGUE_EAT, 1000, &eaten, SOON));
	CU_ASSERT(eaten < 128);
	MUST(pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

/* BPF: getpriority(2) fails with EDOM (33), all else is allowed. */
static void a_filter_holds_from_init_on(void)
{
	const struct {
		uint16_t code;
		uint8_t yes, no;
		uint32_t k;
	} filter[] = { { 0x20, 0, 0, 0 },
		       { 0x15, 0, 1, SYS_getpriority },
		       { 0x06, 0, 0, 0x00050000 | 33 },
		       { 0x06, 0, 0, 0x7fff0000 } };
	struct scene scene;
	int number = 0;

	open_with(&scene, (struct pooltoy_pool_spec){
				  .limits = POOLTOY_LIMITS(.filter = filter, .filter_count = 4) });
	check_out(&scene);
	MUST(tell_rogue(&scene, ROGUE_SYSCALL, SYS_getpriority, &number, SOON));
	CU_ASSERT_EQUAL(number, 33);
	MUST(pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void a_child_may_run_as_another_user(void)
{
	struct scene scene;
	struct rogue_self self;

	if (getuid() != 0)
		SKIP("not root");
	if (SANITIZED)
		SKIP("the build's files may not be readable by another user");
	open_with(&scene, (struct pooltoy_pool_spec){ .limits = POOLTOY_LIMITS(.user = "nobody") });
	if (pooltoy_checkout(scene.pool, 2000, &scene.lease)) {
		scene_close(&scene);
		SKIP("user nobody cannot read the build's files");
	}
	self = describe(&scene);
	CU_ASSERT_NOT_EQUAL(self.user, 0);
	MUST(pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void the_limits_of_a_cgroup_hold(void)
{
	const char *cgroup = getenv("POOLTOY_TEST_CGROUP");
	struct scene scene;

	if (!cgroup)
		SKIP("POOLTOY_TEST_CGROUP names no directory of cgroup v2 with the memory "
		     "controller");
	open_with(&scene, (struct pooltoy_pool_spec){
				  .limits = POOLTOY_LIMITS(.cgroup = cgroup, .memory = 64 << 20) });
	check_out(&scene);
	EXPECT(POOLTOY_ECRASHED, tell_rogue(&scene, ROGUE_EAT, 200, NULL, SOON));
	EXPECT_STORY("rogues", "signal 9", "out of memory");
	expect_a_successor(&scene);
	scene_close(&scene);
}

/* The server's side of the bargain. */

static int confided[2]; /* the ends of a pipe */

static void start_a_child_and_be_killed(void)
{
	struct scene scene;
	struct rogue_self self;

	scene_open(&scene);
	check_out(&scene);
	self = describe(&scene);
	(void)!write(confided[1], &self.process, sizeof self.process);
	raise(SIGKILL);
}

static void a_child_ends_with_its_server(void)
{
	long process = 0;
	int status;

	CU_ASSERT_EQUAL(pipe(confided), 0);
	status = run_child(start_a_child_and_be_killed);
	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	CU_ASSERT_EQUAL(read(confided[0], &process, sizeof process), sizeof process);
	AWAIT(kill((pid_t)process, 0) < 0 && errno == ESRCH);
	close(confided[0]);
	close(confided[1]);
}

static void an_orphan_of_a_child_holds_nobody_up(void)
{
	struct scene scene;

	scene_open(&scene);
	check_out(&scene);
	EXPECT(POOLTOY_ECRASHED, tell_rogue(&scene, ROGUE_ORPHAN, 0, NULL, SOON));
	EXPECT_STORY("rogues", "exited with status 7");
	expect_a_successor(&scene);
	/* It still rings and talks, to nobody. */
	expect_a_successor(&scene);
	CU_ASSERT_EQUAL(status_of(scene.pool).worker_deaths, 1);
	scene_close(&scene);
}

static void a_server_that_ignores_its_children_is_served_too(void)
{
	struct scene scene;

	signal(SIGCHLD, SIG_IGN);
	scene_open(&scene);
	check_out(&scene);
	EXPECT(POOLTOY_ECRASHED, tell_rogue(&scene, ROGUE_SEGV, 0, NULL, SOON));
	EXPECT_STORY("rogues", "somebody else has taken its exit status");
	expect_a_successor(&scene);
	scene_close(&scene);
	signal(SIGCHLD, SIG_DFL);
}

static void a_wrong_helper_is_refused(void)
{
	char *helper = getenv("POOLTOY_CHILD"), *kept = helper ? strdup(helper) : NULL;
	struct scene scene;
	const struct recorded *told;

	setenv("POOLTOY_CHILD", "/nowhere/pooltoy-child", 1);
	expect_refusal(
		(struct pooltoy_pool_spec){ .worker = &rogue_ops, .isolation = POOLTOY_PROCESS },
		"/nowhere/pooltoy-child");
	setenv("POOLTOY_CHILD", "/bin/false", 1);
	scene_open(&scene);
	told = await_event(&scene.stage, "rogues", POOLTOY_EVENT_WORKER_START_FAILED, 1);
	CU_ASSERT(told && strstr(told->reason, "exited with status 1"));
	scene_close(&scene);
	if (kept)
		setenv("POOLTOY_CHILD", kept, 1);
	free(kept);
}

static void a_helper_of_another_version_says_so(void)
{
	char *helper = getenv("POOLTOY_CHILD"), line[256] = "";
	size_t length = 0;
	ssize_t more;
	int ends[2], status;

	if (!helper)
		SKIP("POOLTOY_CHILD does not say where the helper is");
	CU_ASSERT_EQUAL(pipe(ends), 0);
	if (fork() == 0) {
		dup2(ends[1], STDERR_FILENO);
		execl(helper, helper, "9.9.9", "77.1.1.1", "1", "pool/0", (char *)NULL);
		_exit(0);
	}
	close(ends[1]);
	while ((more = read(ends[0], line + length, sizeof line - 1 - length)) > 0)
		length += (size_t)more;
	wait(&status);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) != 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(line, "9.9.9"));
	CU_ASSERT_PTR_NOT_NULL(strstr(line, pooltoy_version()));
	close(ends[0]);
}

SUITE(TEST(each_way_to_end_in_a_call_is_told_and_costs_one_worker),
      TEST(each_way_to_end_in_a_cast_is_told), TEST(each_way_to_end_in_a_task_is_told),
      TEST(an_idle_child_that_is_killed_is_replaced),
      TEST(a_leased_child_that_is_killed_takes_its_lease_along), TEST(its_last_words_are_told),
      TEST(many_words_do_not_hold_it_up),
      TEST(a_child_is_alone_in_its_session_with_few_descriptors),
      TEST(each_child_has_a_state_of_its_own), TEST(its_state_is_out_of_reach),
      TEST(a_client_that_ends_has_its_child_reset), TEST(terminate_is_told_why),
      TEST(messages_of_all_sizes_pass), TEST(a_reply_beyond_the_limit_ends_the_child),
      TEST(a_handler_past_its_deadline_is_interrupted_and_goes_on),
      TEST(a_handler_that_loops_is_killed_not_quarantined),
      TEST(a_kill_of_a_worker_that_loops_ends_it), TEST(a_stop_ends_a_worker_that_loops),
      TEST(a_terminate_that_hangs_is_ended), TEST(an_init_that_hangs_is_ended_by_a_stop),
      TEST(callbacks_without_a_deadline_have_a_limit_of_time),
      TEST(a_handler_knows_how_much_time_its_caller_has), TEST(an_init_that_fails_or_dies_is_told),
      TEST(what_makes_no_sense_is_refused), TEST(what_the_child_cannot_do_is_told),
      TEST(the_limit_of_open_files_holds), TEST(the_limit_of_processor_time_holds),
      TEST(the_limit_of_memory_holds), TEST(a_filter_holds_from_init_on),
      TEST(a_child_may_run_as_another_user), TEST(the_limits_of_a_cgroup_hold),
      TEST(a_child_ends_with_its_server), TEST(an_orphan_of_a_child_holds_nobody_up),
      TEST(a_server_that_ignores_its_children_is_served_too), TEST(a_wrong_helper_is_refused),
      TEST(a_helper_of_another_version_says_so))
