/* SPDX-License-Identifier: MIT */
/* test_placement.c: where workers run, how they are scheduled, and what guards their stacks. */
#include "scenario/support.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What a worker finds about its own thread. */
struct place {
	cpu_set_t cpus;
	int policy, priority, nice;
	size_t guard;
	long thread, process;
};

static struct place place_of(long thread)
{
	struct place place = { .policy = sched_getscheduler((pid_t)thread) };
	struct sched_param parameters = { 0 };

	sched_getparam((pid_t)thread, &parameters);
	place.priority = parameters.sched_priority;
	place.nice = getpriority(PRIO_PROCESS, (id_t)thread);
	sched_getaffinity((pid_t)thread, sizeof place.cpus, &place.cpus);
	return place;
}

static bool is_same(const struct place *one, const struct place *other)
{
	return CPU_EQUAL(&one->cpus, &other->cpus) && one->policy == other->policy &&
	       one->priority == other->priority && one->nice == other->nice;
}

static int survey(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	struct place place = place_of(0);
	pthread_attr_t attributes;

	(void)state;
	(void)request;
	(void)length;
	place.thread = syscall(SYS_gettid);
	place.process = getpid();
	if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
		pthread_attr_getguardsize(&attributes, &place.guard);
		pthread_attr_destroy(&attributes);
	}
	return pooltoy_reply(self, &place, sizeof place);
}

static void interrupt(struct pooltoy_worker *self, void *state)
{
	(void)self;
	(void)state;
}

/* Its `interrupt` gives a child process a second thread. */
extern const struct pooltoy_worker_ops surveyor;
const struct pooltoy_worker_ops surveyor =
	POOLTOY_WORKER_OPS(.handle_call = survey, .interrupt = interrupt);

static struct place survey_pool(struct pooltoy_pool *pool)
{
	struct pooltoy_lease lease;
	struct place place = { .policy = -1 };
	size_t length = sizeof place;

	MUST(pooltoy_checkout(pool, SOON, &lease));
	EXPECT(POOLTOY_OK, pooltoy_call(&lease, "", 1, &place, &length, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	return place;
}

static int note_manager(const struct pooltoy_node *node, void *thread)
{
	if (node->type == POOLTOY_NODE_MANAGER)
		*(long *)thread = node->thread_id;
	return 0;
}

static long manager_of(struct stage *stage)
{
	long thread = 0;

	EXPECT(POOLTOY_OK, pooltoy_walk(stage->supervisor, note_manager, &thread));
	CU_ASSERT(thread > 0);
	return thread;
}

/* The last processor that this process may run on, alone. */
static void choose_one(cpu_set_t *cpus)
{
	int cpu = CPU_SETSIZE - 1;

	sched_getaffinity(0, sizeof *cpus, cpus);
	while (!CPU_ISSET(cpu, cpus))
		cpu--;
	CPU_ZERO(cpus);
	CPU_SET(cpu, cpus);
}

static void workers_run_on_the_processors_given_and_their_manager_does_not(void)
{
	struct pooltoy_pool *pool;
	struct place own = place_of(0), manager, found;
	struct stage stage;
	cpu_set_t cpus, wanted;

	choose_one(&cpus);
	wanted = cpus;
	stage_open(&stage);
	pool = start_pool(&stage,
			  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &surveyor, .size = 1,
					    .cpus = &cpus, .cpus_size = sizeof cpus));
	memset(&cpus, 0, sizeof cpus); /* it has been copied */
	found = survey_pool(pool);
	CU_ASSERT(CPU_EQUAL(&found.cpus, &wanted));
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(pool, -1));
	await_event(&stage, "poolio", POOLTOY_EVENT_WORKER_DIED, 1);
	found = survey_pool(pool);
	CU_ASSERT(CPU_EQUAL(&found.cpus, &wanted));
	manager = place_of(manager_of(&stage));
	CU_ASSERT(is_same(&manager, &own));
	found = place_of(0);
	CU_ASSERT(is_same(&found, &own));
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

static const struct wanted {
	enum pooltoy_scheduling scheduling;
	int policy, priority, nice;
} modest[] = {
	{ POOLTOY_SCHED_OTHER, SCHED_OTHER, 0, 5 },
	{ POOLTOY_SCHED_BATCH, SCHED_BATCH, 0, 19 },
	{ POOLTOY_SCHED_IDLE, SCHED_IDLE, 0, 0 },
}, real_time[] = {
	{ POOLTOY_SCHED_FIFO, SCHED_FIFO, 2, 0 },
	{ POOLTOY_SCHED_RR, SCHED_RR, 1, 0 },
};

static void expect_scheduled(const struct wanted *wanted)
{
	struct pooltoy_pool *pool;
	struct place own = place_of(0), found;
	struct stage stage;

	stage_open(&stage);
	pool = start_pool(&stage,
			  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &surveyor, .size = 1,
					    .scheduling = wanted->scheduling,
					    .priority = wanted->priority, .nice = wanted->nice));
	found = survey_pool(pool);
	CU_ASSERT_EQUAL(found.policy, wanted->policy);
	CU_ASSERT_EQUAL(found.priority, wanted->priority);
	if (wanted->policy == SCHED_OTHER || wanted->policy == SCHED_BATCH)
		CU_ASSERT_EQUAL(found.nice, wanted->nice);
	found = place_of(manager_of(&stage));
	CU_ASSERT(is_same(&found, &own));
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

static void workers_are_scheduled_as_the_specification_says(void)
{
	for (unsigned i = 0; i < sizeof modest / sizeof modest[0]; i++)
		expect_scheduled(&modest[i]);
}

static void *may_be_real_time(void *may)
{
	struct sched_param parameters = { .sched_priority = 2 };

	*(bool *)may = sched_setscheduler(0, SCHED_FIFO, &parameters) == 0;
	return NULL;
}

static void workers_are_scheduled_in_real_time_where_that_is_permitted(void)
{
	bool may = false;

	finish(begin(may_be_real_time, &may));
	if (!may)
		SKIP("this process may not schedule in real time");
	for (unsigned i = 0; i < sizeof real_time / sizeof real_time[0]; i++)
		expect_scheduled(&real_time[i]);
}

static void expect_refusal(struct stage *stage, const cpu_set_t *cpus, const char *story)
{
	struct pooltoy_pool *pool;

	EXPECT(POOLTOY_EINVAL,
	       pooltoy_start_pool(stage->supervisor,
				  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &surveyor,
						    .size = 1, .cpus = cpus,
						    .cpus_size = sizeof *cpus),
				  &pool));
	EXPECT_STORY(story);
}

/* A processor that this process does not have, beside one that it has, and alone. */
static void a_processor_that_is_not_available_fails_the_start(void)
{
	struct pooltoy_pool *pool;
	struct stage stage;
	cpu_set_t cpus, own;

	sched_getaffinity(0, sizeof own, &own);
	if (CPU_ISSET(CPU_SETSIZE - 1, &own))
		SKIP("this machine has all processors");
	choose_one(&cpus);
	CPU_SET(CPU_SETSIZE - 1, &cpus);
	stage_open(&stage);
	expect_refusal(&stage, &cpus,
		       "pool \"poolio\": its workers' processors: 1023 is not available");
	CPU_ZERO(&cpus);
	CPU_SET(CPU_SETSIZE - 1, &cpus);
	expect_refusal(&stage, &cpus, "pool \"poolio\": its workers' processors: Invalid argument");
	/* Nothing is left of it. */
	EXPECT(POOLTOY_ENOENT, pooltoy_find_pool(stage.supervisor, "poolio", &pool));
	pool = start_pool(&stage,
			  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &surveyor, .size = 1));
	survey_pool(pool);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

#if !ISOLATED
static void ask_for_what_is_not_permitted(void)
{
	const struct rlimit none = { 0, 0 };
	struct pooltoy_pool *pool;
	struct stage stage;

	CU_ASSERT(setrlimit(RLIMIT_RTPRIO, &none) == 0 && setrlimit(RLIMIT_NICE, &none) == 0);
	if (geteuid() == 0)
		CU_ASSERT_EQUAL(setresuid(65534, 65534, 65534), 0);
	stage_open(&stage);
	EXPECT(POOLTOY_EPERM,
	       pooltoy_start_pool(stage.supervisor,
				  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &surveyor,
						    .size = 1, .scheduling = POOLTOY_SCHED_FIFO,
						    .priority = 1),
				  &pool));
	EXPECT_STORY("pool \"poolio\": its workers' scheduling: Operation not permitted",
		     "RLIMIT_RTPRIO");
	EXPECT(POOLTOY_EPERM,
	       pooltoy_start_pool(stage.supervisor,
				  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &surveyor,
						    .size = 1, .scheduling = POOLTOY_SCHED_OTHER,
						    .nice = -5),
				  &pool));
	EXPECT_STORY("pool \"poolio\": its workers' nice value: Operation not permitted",
		     "RLIMIT_NICE");
	CU_ASSERT_EQUAL(events(&stage, "poolio", POOLTOY_EVENT_WORKER_START_FAILED), 0);
	stage_close(&stage);
}
#endif

static void what_is_not_permitted_fails_the_start_and_says_what_it_takes(void)
{
#if ISOLATED
	SKIP("it is tried out by a thread in any case");
#else
	if (THREAD_SANITIZED)
		SKIP("ThreadSanitizer knows no threads after a fork of several");
	in_child(ask_for_what_is_not_permitted);
#endif
}

static void the_stack_of_a_workers_thread_has_its_guard(void)
{
	enum { GUARD = 1 << 20 };
	struct pooltoy_pool *pool;
	struct stage stage;

	stage_open(&stage);
	if (ISOLATED) {
		EXPECT(POOLTOY_EINVAL,
		       pooltoy_start_pool(stage.supervisor,
					  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &surveyor,
							    .size = 1, .guard_size = GUARD),
					  &pool));
		EXPECT_STORY("poolio", "guard_size is for threads", "isolation");
		stage_close(&stage);
		return;
	}
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &surveyor,
						    .size = 1, .guard_size = GUARD));
	CU_ASSERT_EQUAL(survey_pool(pool).guard, GUARD);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

/* How many threads of the process are placed so. */
static unsigned count_placed(long process, const struct place *like, unsigned *others)
{
	unsigned placed = 0;
	struct dirent *task;
	char path[64];
	DIR *tasks;

	*others = 0;
	snprintf(path, sizeof path, "/proc/%ld/task", process);
	tasks = opendir(path);
	while (tasks && (task = readdir(tasks))) {
		struct place place;

		if (task->d_name[0] == '.')
			continue;
		place = place_of(strtol(task->d_name, NULL, 10));
		if (place.policy == like->policy && CPU_EQUAL(&place.cpus, &like->cpus))
			placed++;
		else
			++*others;
	}
	if (tasks)
		closedir(tasks);
	return placed;
}

/* Of a child process the thread that waits for interrupts, and in the server the proxy's. */
static void threads_that_help_a_worker_stay_as_they_are(void)
{
	struct pooltoy_pool *pool;
	struct stage stage;
	struct place found;
	unsigned others;
	cpu_set_t cpus;

	choose_one(&cpus);
	stage_open(&stage);
	pool = start_pool(&stage,
			  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &surveyor, .size = 1,
					    .cpus = &cpus, .cpus_size = sizeof cpus,
					    .scheduling = POOLTOY_SCHED_BATCH));
	found = survey_pool(pool);
	CU_ASSERT_EQUAL(found.policy, SCHED_BATCH);
	CU_ASSERT_EQUAL(count_placed(found.process, &found, &others), 1);
	CU_ASSERT(others >= 1);
	CU_ASSERT_EQUAL(count_placed(getpid(), &found, &others), ISOLATED ? 0 : 1);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

SUITE(TEST(what_is_not_permitted_fails_the_start_and_says_what_it_takes),
      TEST(workers_run_on_the_processors_given_and_their_manager_does_not),
      TEST(workers_are_scheduled_as_the_specification_says),
      TEST(workers_are_scheduled_in_real_time_where_that_is_permitted),
      TEST(a_processor_that_is_not_available_fails_the_start),
      TEST(the_stack_of_a_workers_thread_has_its_guard),
      TEST(threads_that_help_a_worker_stay_as_they_are))
