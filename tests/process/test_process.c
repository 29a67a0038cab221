/* SPDX-License-Identifier: MIT */
/* test_process.c: what a child is, what it is sent, and its starts that fail. */
#include "process/rogues.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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
	CU_ASSERT_EQUAL(self.descriptors, 4);
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

/* What the walk says of it. */

struct sought {
	const char *pool;
	long process; /* of its worker 0; -1: there is none */
};

static int note_process(const struct pooltoy_node *node, void *argument)
{
	struct sought *sought = argument;

	CU_ASSERT(node->type == POOLTOY_NODE_WORKER || node->process_id == 0);
	if (node->type == POOLTOY_NODE_WORKER && strcmp(node->pool, sought->pool) == 0 &&
	    node->worker == 0)
		sought->process = node->process_id;
	return 0;
}

static long process_in_walk(struct scene *scene, const char *pool)
{
	struct sought sought = { pool, -1 };

	MUST(pooltoy_walk(scene->stage.supervisor, note_process, &sought));
	return sought.process;
}

static void the_walk_has_the_process_of_a_worker(void)
{
	struct scene scene;
	long first, second;

	scene_open(&scene);
	check_out(&scene);
	first = describe(&scene).process;
	CU_ASSERT_EQUAL(process_in_walk(&scene, "rogues"), first);
	CU_ASSERT_EQUAL(kill((pid_t)first, 0), 0);
	EXPECT(POOLTOY_ECRASHED, tell_rogue(&scene, ROGUE_SEGV, 0, NULL, SOON));
	check_out(&scene);
	second = process_in_walk(&scene, "rogues");
	CU_ASSERT_NOT_EQUAL(second, first);
	CU_ASSERT_EQUAL(second, describe(&scene).process);
	CU_ASSERT_EQUAL(kill((pid_t)second, 0), 0);
	CU_ASSERT_EQUAL(kill((pid_t)first, 0), -1);
	MUST(pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

/* A task's outcome, told by the thread of a worker whose process has ended and that is yet in the tree. */
struct ending {
	struct scene *scene;
	struct gate told;
	long process;
};

static void note_process_at_end(const struct pooltoy_outcome *outcome, void *argument)
{
	struct ending *ending = argument;

	CU_ASSERT_EQUAL(outcome->code, POOLTOY_ECRASHED);
	ending->process = process_in_walk(ending->scene, "rogues");
	gate_pass(&ending->told);
}

static void the_walk_has_no_process_that_has_ended(void)
{
	struct scene scene;
	struct rogue_order order = { ROGUE_SEGV, 0 };
	struct ending ending = { .scene = &scene, .process = -2 };

	scene_open(&scene);
	gate_init(&ending.told);
	MUST(pooltoy_submit(scene.pool, &order, sizeof order, note_process_at_end, &ending, NULL));
	CU_ASSERT(gate_await(&ending.told));
	CU_ASSERT_EQUAL(ending.process, 0);
	gate_open(&ending.told);
	scene_close(&scene);
	gate_destroy(&ending.told);
}

static void the_walk_has_it_while_it_starts(void)
{
	struct scene scene;

	open_with(&scene, (struct pooltoy_pool_spec){
				  .argument = "hang", .argument_length = 5, .grace = 100 });
	AWAIT(process_in_walk(&scene, "rogues") > 0);
	CU_ASSERT_EQUAL(kill((pid_t)process_in_walk(&scene, "rogues"), 0), 0);
	/* An init that hangs takes all of a stop's time. */
	EXPECT(POOLTOY_OK, pooltoy_stop_pool(scene.pool, 20));
	scene_close(&scene);
}

static void a_worker_in_a_thread_has_no_process(void)
{
	struct scene scene;
	struct pooltoy_pool *threads;

	scene_open(&scene);
	threads = start_pool(&scene.stage,
			     POOLTOY_POOL_SPEC(.name = "threads", .worker = &doubler, .size = 1));
	await_idle(threads, 1);
	CU_ASSERT_EQUAL(process_in_walk(&scene, "threads"), 0);
	pooltoy_pool_release(threads);
	scene_close(&scene);
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
		unsigned char *sent = calloc(1, length + 1), *got = calloc(1, length + 1);

		CU_ASSERT_FATAL(sent && got);
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
	EXPECT(POOLTOY_ECRASHED, tell_rogue(&scene, ROGUE_ORPHAN, 2, NULL, SOON));
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

SUITE(TEST(a_child_is_alone_in_its_session_with_few_descriptors),
      TEST(each_child_has_a_state_of_its_own), TEST(its_state_is_out_of_reach),
      TEST(a_client_that_ends_has_its_child_reset), TEST(the_walk_has_the_process_of_a_worker),
      TEST(the_walk_has_no_process_that_has_ended), TEST(the_walk_has_it_while_it_starts),
      TEST(a_worker_in_a_thread_has_no_process), TEST(messages_of_all_sizes_pass),
      TEST(a_reply_beyond_the_limit_ends_the_child), TEST(an_init_that_fails_or_dies_is_told),
      TEST(what_makes_no_sense_is_refused), TEST(what_the_child_cannot_do_is_told),
      TEST(a_child_ends_with_its_server), TEST(an_orphan_of_a_child_holds_nobody_up),
      TEST(a_server_that_ignores_its_children_is_served_too), TEST(a_wrong_helper_is_refused),
      TEST(a_helper_of_another_version_says_so))
