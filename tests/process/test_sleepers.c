/* SPDX-License-Identifier: MIT */
/* test_sleepers.c: callers asleep until their child answers: at a word that they share with it, or at its pipe. */
#include "process/rogues.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

static bool has_words(void)
{
	return syscall(SYS_futex_waitv, NULL, 0, 0, NULL, 0) < 0 && errno == EINVAL;
}

/* From now on the system refuses that to this thread. */
static void lose_words(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_futex_waitv, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof filter / sizeof *filter, filter };

	CU_ASSERT_EQUAL(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	CU_ASSERT_EQUAL(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), 0);
}

/* The system call that a thread of this process sleeps in, or -1: none, or nobody says. */
static long whereabouts(long thread)
{
	char path[64], line[64] = "";
	FILE *file;

	snprintf(path, sizeof path, "/proc/self/task/%ld/syscall", thread);
	file = fopen(path, "r");
	if (!file)
		return -1;
	if (!fgets(line, sizeof line, file))
		line[0] = 0;
	fclose(file);
	return line[0] >= '0' && line[0] <= '9' ? strtol(line, NULL, 10) : -1;
}

static int find_worker(const struct pooltoy_node *node, void *thread)
{
	if (node->type == POOLTOY_NODE_WORKER)
		*(long *)thread = node->thread_id;
	return 0;
}

/* The worker's thread is at rest, so that a caller speaks to the child by itself. */
static void let_worker_rest(struct scene *scene)
{
	long thread = 0;

	MUST(pooltoy_walk(scene->stage.supervisor, find_worker, &thread));
	AWAIT(whereabouts(thread) == SYS_ppoll);
}

/* A call by a thread of its own, of a rogue that waits until it is interrupted. */
struct sleeper {
	struct scene scene;
	struct rogue_self child;
	pthread_t thread;
	atomic_long id;
	bool loses_words;
	int code;
};

static void *call(void *argument)
{
	struct sleeper *sleeper = argument;

	if (sleeper->loses_words)
		lose_words();
	sleeper->id = syscall(SYS_gettid);
	sleeper->code = tell_rogue(&sleeper->scene, ROGUE_WAIT, 1, NULL, -1);
	return NULL;
}

static bool can_see_sleepers(void)
{
	return access("/proc/self/syscall", R_OK) == 0;
}

static void begin_to_sleep(struct sleeper *sleeper, bool loses_words, bool at_words)
{
	long where = at_words && has_words() ? SYS_futex_waitv : SYS_ppoll;

	memset(sleeper, 0, sizeof *sleeper);
	scene_open(&sleeper->scene);
	check_out(&sleeper->scene);
	sleeper->child = describe(&sleeper->scene);
	let_worker_rest(&sleeper->scene);
	sleeper->loses_words = loses_words;
	sleeper->thread = begin(call, sleeper);
	AWAIT(sleeper->id && whereabouts(sleeper->id) == where);
}

static void wake_by_death(struct sleeper *sleeper)
{
	kill((pid_t)sleeper->child.process, SIGKILL);
	finish(sleeper->thread);
	EXPECT(POOLTOY_ECRASHED, sleeper->code);
	expect_a_successor(&sleeper->scene);
	scene_close(&sleeper->scene);
}

static void expect_death_to_wake(bool at_words)
{
	struct sleeper sleeper;

	begin_to_sleep(&sleeper, false, at_words);
	wake_by_death(&sleeper);
}

static void expect_a_cancel_to_wake(bool at_words)
{
	struct sleeper sleeper;
	struct rogue_self after;

	begin_to_sleep(&sleeper, false, at_words);
	pthread_cancel(sleeper.thread);
	finish(sleeper.thread);
	MUST(pooltoy_checkin(&sleeper.scene.lease));
	check_out(&sleeper.scene);
	after = describe(&sleeper.scene);
	CU_ASSERT_EQUAL(after.process, sleeper.child.process);
	CU_ASSERT_EQUAL(after.interrupts, 1);
	MUST(pooltoy_checkin(&sleeper.scene.lease));
	scene_close(&sleeper.scene);
}

static void expect_a_deadline_to_wake(void)
{
	struct scene scene;
	uint64_t begun;

	scene_open(&scene);
	check_out(&scene);
	begun = now_ms();
	EXPECT(POOLTOY_ETIMEDOUT, tell_rogue(&scene, ROGUE_WAIT, 1, NULL, 50));
	CU_ASSERT(now_ms() - begun >= 50);
	MUST(pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

/* Calls until it is cancelled, wherever that may be. */
static void *call_and_call(void *argument)
{
	struct sleeper *sleeper = argument;

	for (;;) {
		sleeper->id++;
		(void)tell_rogue(&sleeper->scene, ROGUE_DOUBLE, 21, NULL, -1);
	}
	return NULL;
}

static void expect_cancels_to_leave_nothing_behind(void)
{
	struct sleeper sleeper = { .code = 0 };
	int round, code, answer;

	open_with(&sleeper.scene, (struct pooltoy_pool_spec){ .grace = SOON });
	check_out(&sleeper.scene);
	for (round = 0; round < 200; round++) {
		sleeper.id = 0;
		sleeper.thread = begin(call_and_call, &sleeper);
		AWAIT(sleeper.id > round % 20);
		pthread_cancel(sleeper.thread);
		finish(sleeper.thread);
		answer = 0;
		do
			code = tell_rogue(&sleeper.scene, ROGUE_DOUBLE, round, &answer, SOON);
		while (code == POOLTOY_EBUSY);
		EXPECT(POOLTOY_OK, code);
		CU_ASSERT_EQUAL(answer, 2 * round);
	}
	CU_ASSERT_EQUAL(status_of(sleeper.scene.pool).worker_deaths, 0);
	MUST(pooltoy_checkin(&sleeper.scene.lease));
	scene_close(&sleeper.scene);
}

static void a_caller_at_a_word_hears_of_the_childs_death(void)
{
	if (!can_see_sleepers())
		SKIP("the system does not say where a thread sleeps");
	expect_death_to_wake(true);
}

static void a_caller_at_a_word_can_be_cancelled(void)
{
	if (!can_see_sleepers())
		SKIP("the system does not say where a thread sleeps");
	expect_a_cancel_to_wake(true);
}

static void a_caller_at_a_word_wakes_at_its_deadline(void)
{
	expect_a_deadline_to_wake();
}

static void a_cancel_comes_anywhere_and_leaves_nothing_behind(void)
{
	expect_cancels_to_leave_nothing_behind();
}

/* The last: once is for the whole process. */
static void where_words_are_refused_a_pipe_does(void)
{
	struct sleeper sleeper;

	if (!can_see_sleepers())
		SKIP("the system does not say where a thread sleeps");
	begin_to_sleep(&sleeper, true, false);
	wake_by_death(&sleeper);
	expect_death_to_wake(false);
	expect_a_cancel_to_wake(false);
	expect_a_deadline_to_wake();
	expect_cancels_to_leave_nothing_behind();
}

SUITE(TEST(a_caller_at_a_word_hears_of_the_childs_death), TEST(a_caller_at_a_word_can_be_cancelled),
      TEST(a_caller_at_a_word_wakes_at_its_deadline),
      TEST(a_cancel_comes_anywhere_and_leaves_nothing_behind),
      TEST(where_words_are_refused_a_pipe_does))
