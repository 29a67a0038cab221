/* SPDX-License-Identifier: MIT */
/* test_hostile.c: children that mean harm cost themselves, never their server. */
#include "process/hostile.h"
#include "scenario/support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

extern const struct pooltoy_worker_ops hostile_ops;

struct scene {
	struct stage stage;
	struct pooltoy_pool *hostile, *peaceful;
	char story[384]; /* of the last order */
};

static void scene_open(struct scene *scene)
{
	stage_open(&scene->stage);
	scene->hostile = start_pool(
		&scene->stage,
		POOLTOY_POOL_SPEC(.name = "hostile", .worker = &hostile_ops, .size = 1, .grace = 20,
				  .shutdown = 100, .backoff_min = POOLTOY_NONE,
				  .backoff_max = POOLTOY_NONE, .isolation = POOLTOY_PROCESS,
				  .limits = POOLTOY_LIMITS(.callback = 500)));
	scene->peaceful =
		start_pool(&scene->stage,
			   POOLTOY_POOL_SPEC(.name = "peaceful", .worker = &doubler, .size = 1));
}

static void scene_close(struct scene *scene)
{
	CU_ASSERT_EQUAL(status_of(scene->peaceful).worker_deaths, 0);
	CU_ASSERT_EQUAL(status_of(scene->peaceful).restarts, 0);
	CU_ASSERT_EQUAL(status_of(scene->hostile).restarts, 0);
	pooltoy_pool_release(scene->hostile);
	pooltoy_pool_release(scene->peaceful);
	stage_close(&scene->stage);
	CU_ASSERT(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

static int order(struct scene *scene, int verb, unsigned seed, int timeout_ms)
{
	struct hostile_order order = { verb, seed };
	struct pooltoy_lease lease;
	unsigned char answer[4096];
	size_t length = sizeof answer;
	int code;

	MUST(pooltoy_checkout(scene->hostile, SOON, &lease));
	code = pooltoy_call(&lease, &order, sizeof order, answer, &length, timeout_ms);
	snprintf(scene->story, sizeof scene->story, "%s", pooltoy_last_error());
	(void)pooltoy_checkin(&lease);
	return code;
}

/* Whatever it is, the answer comes in time; both pools serve afterwards. */
static void expect_harm_to_itself(int verb, unsigned rounds)
{
	struct scene scene;
	unsigned seed;

	scene_open(&scene);
	for (seed = 1; seed <= rounds; seed++) {
		uint64_t begun = now_ms();

		(void)order(&scene, verb, seed, 50);
		CU_ASSERT(now_ms() - begun < SOON);
		expect_service(scene.peaceful);
	}
	AWAIT(order(&scene, BEHAVE, 21, 1000) == POOLTOY_OK);
	scene_close(&scene);
}

static void one_that_scribbles_over_the_shared_memory(void)
{
	expect_harm_to_itself(SCRIBBLE, 30);
	expect_harm_to_itself(SCRIBBLE_ON, 30);
}

static void expect_crash(int verb, const char *story)
{
	struct scene scene;
	unsigned seed;

	scene_open(&scene);
	for (seed = 1; seed <= 5; seed++) {
		EXPECT(POOLTOY_ECRASHED, order(&scene, verb, seed, SOON));
		CU_ASSERT_PTR_NOT_NULL(strstr(scene.story, story));
		expect_service(scene.peaceful);
	}
	AWAIT(order(&scene, BEHAVE, 21, 1000) == POOLTOY_OK);
	scene_close(&scene);
}

static void one_that_answers_nonsense(void)
{
	expect_crash(TURN_NONSENSE, "nonsense");
	expect_crash(ANSWER_OTHER, "nonsense");
	expect_crash(TOO_LONG, "nonsense");
	expect_crash(NO_END, "nonsense");
	expect_crash(CRUMBS, "nonsense");
	expect_crash(TOO_MUCH, "too much");
	expect_crash(WHY_TOO_LONG, "nonsense");
}

static void one_whose_reasons_are_for_a_terminal(void)
{
	expect_crash(COMPLAIN, "a [2Jb c  2Jd");
}

static void one_that_rings_without_an_answer(void)
{
	expect_harm_to_itself(RING_ON, 3);
}

static void one_that_sleeps_and_says_it_is_awake(void)
{
	expect_harm_to_itself(DEAF, 3);
}

static void one_that_changes_what_it_shares(void)
{
	expect_harm_to_itself(OTHER_FLAGS, 8);
	expect_harm_to_itself(GROW_MEMORY, 3);
}

static void one_that_punches_holes_into_what_it_shares(void)
{
	struct scene scene;

	scene_open(&scene);
	EXPECT(POOLTOY_OK, order(&scene, PUNCH_HOLES, 1, SOON));
	EXPECT(POOLTOY_OK, order(&scene, BEHAVE, 21, SOON));
	expect_service(scene.peaceful);
	scene_close(&scene);
}

/* What the server says in between goes elsewhere: what its stderr was. */
static int say_elsewhere(int elsewhere)
{
	int before = dup(STDERR_FILENO);

	CU_ASSERT_FATAL(before >= 0 && dup2(elsewhere, STDERR_FILENO) >= 0);
	close(elsewhere);
	return before;
}

static void say_here(int before)
{
	dup2(before, STDERR_FILENO);
	close(before);
}

static void cast_order(struct scene *scene, int verb)
{
	struct hostile_order order = { verb, 1 };
	struct pooltoy_lease lease;

	MUST(pooltoy_checkout(scene->hostile, SOON, &lease));
	EXPECT(POOLTOY_OK, pooltoy_cast(&lease, &order, sizeof order));
	(void)pooltoy_checkin(&lease); /* stale, if it has died by now */
}

enum { LOUD_ONES = 4 };

static void one_that_talks_on_has_no_more_time_for_that(void)
{
	int before = say_elsewhere(open("/dev/null", O_WRONLY));
	const struct recorded *died;
	struct scene scene;
	uint64_t begun = now_ms();
	unsigned nth;

	scene_open(&scene);
	for (nth = 1; nth <= LOUD_ONES; nth++) {
		cast_order(&scene, CHATTER_ON);
		died = await_event(&scene.stage, "hostile", POOLTOY_EVENT_WORKER_DIED, nth);
		CU_ASSERT(died && strstr(died->reason, "handle_cast took longer than 500 ms"));
	}
	/* A fourth of that is enough; without a look at the clock each of them may take as long. */
	CU_ASSERT(now_ms() - begun < LOUD_ONES * 2000);
	AWAIT(order(&scene, BEHAVE, 21, 1000) == POOLTOY_OK);
	scene_close(&scene);
	say_here(before);
}

static void one_that_talks_to_a_stderr_that_nobody_reads(void)
{
	struct scene scene;
	int before, ends[2];

	CU_ASSERT_FATAL(pipe(ends) == 0);
	before = say_elsewhere(ends[1]);
	scene_open(&scene);
	EXPECT(POOLTOY_OK, order(&scene, CHATTER, 21, SOON));
	EXPECT(POOLTOY_OK, order(&scene, BEHAVE, 21, SOON));
	say_here(before);
	close(ends[0]); /* who waits for it waits no longer */
	scene_close(&scene);
}

/* What the server would close for it, in the end, and wait for. */
static void one_that_passes_descriptors(void)
{
	struct scene scene;
	unsigned seed;

	scene_open(&scene);
	for (seed = 1; seed <= 3; seed++)
		EXPECT(POOLTOY_OK, order(&scene, PASS_DESCRIPTORS, seed, SOON));
	expect_service(scene.peaceful);
	scene_close(&scene);
}

/* As a file system of its own could have it, too. */
static bool there_is_memory_that_never_comes(void)
{
	int faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC);

	close(faults);
	return faults >= 0;
}

/* Else words come by a pipe, and who holds that holds its server. */
static bool words_come_by_a_socket(void)
{
	int socket_ = socket(AF_UNIX, SOCK_STREAM, 0), none = 0;
	int failed = setsockopt(socket_, SOL_SOCKET, SO_PASSRIGHTS, &none, sizeof none);

	close(socket_);
	return !failed;
}

#define SKIP_UNLESS_WORDS_CAN_BE_HELD() \
	do { \
		if (!there_is_memory_that_never_comes()) \
			SKIP("userfaultfd(2) is not for this user"); \
		if (!words_come_by_a_socket()) \
			SKIP("this kernel has no SO_PASSRIGHTS, so words come by a pipe"); \
	} while (0)

static void one_that_holds_its_bell(void)
{
	if (!there_is_memory_that_never_comes())
		SKIP("userfaultfd(2) is not for this user");
	expect_harm_to_itself(HOLD_BELL, 3);
}

static void one_that_holds_its_words(void)
{
	SKIP_UNLESS_WORDS_CAN_BE_HELD();
	expect_harm_to_itself(HOLD_WORDS, 3);
}

static void one_that_holds_its_words_is_killed_in_time(void)
{
	struct scene scene;

	SKIP_UNLESS_WORDS_CAN_BE_HELD();
	scene_open(&scene);
	cast_order(&scene, HOLD_WORDS);
	AWAIT(status_of(scene.hostile).worker_deaths == 1);
	AWAIT(status_of(scene.hostile).idle == 1);
	scene_close(&scene);
}

static bool processes_can_be_traced(void)
{
	pid_t child = fork();
	bool can;

	if (child == 0)
		for (;;)
			pause();
	can = child > 0 && ptrace(PTRACE_SEIZE, child, NULL, NULL) == 0;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return can;
}

static bool somebody_can_be_reaped(void)
{
	siginfo_t ended = { .si_pid = 0 };

	return waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid != 0;
}

static void expect_replacement_of_a_traced_one(int verb)
{
	char directory[] = "/tmp/hostile.XXXXXX", path[64];
	const struct recorded *died;
	struct scene scene;
	int fifo;

	CU_ASSERT_FATAL(mkdtemp(directory) != NULL);
	snprintf(path, sizeof path, "%s/tracer", directory);
	CU_ASSERT_FATAL(mkfifo(path, 0600) == 0 && setenv("HOSTILE_TRACER", path, 1) == 0);
	fifo = open(path, O_RDWR | O_CLOEXEC);
	scene_open(&scene);
	cast_order(&scene, verb);
	died = await_event(&scene.stage, "hostile", POOLTOY_EVENT_WORKER_DIED, 1);
	CU_ASSERT_PTR_NOT_NULL(died);
	AWAIT(order(&scene, BEHAVE, 21, 1000) == POOLTOY_OK);
	CU_ASSERT(!somebody_can_be_reaped());
	/* With its tracer gone it can be reaped, and is, by whoever ends next. */
	close(fifo);
	AWAIT(somebody_can_be_reaped());
	scene_close(&scene);
	unlink(path);
	rmdir(directory);
}

static void one_that_has_itself_traced_is_not_waited_for(void)
{
	if (!processes_can_be_traced())
		SKIP("ptrace(2) is not for this user");
	expect_replacement_of_a_traced_one(DIE_TRACED);
	expect_replacement_of_a_traced_one(NONSENSE_TRACED);
}

SUITE(TEST(one_that_scribbles_over_the_shared_memory), TEST(one_that_answers_nonsense),
      TEST(one_whose_reasons_are_for_a_terminal), TEST(one_that_rings_without_an_answer),
      TEST(one_that_sleeps_and_says_it_is_awake), TEST(one_that_changes_what_it_shares),
      TEST(one_that_holds_its_bell), TEST(one_that_holds_its_words),
      TEST(one_that_holds_its_words_is_killed_in_time),
      TEST(one_that_talks_on_has_no_more_time_for_that),
      TEST(one_that_talks_to_a_stderr_that_nobody_reads),
      TEST(one_that_has_itself_traced_is_not_waited_for), TEST(one_that_passes_descriptors),
      TEST(one_that_punches_holes_into_what_it_shares))
