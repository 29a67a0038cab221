/* SPDX-License-Identifier: MIT */
/* test_shortage.c: longer shortages of memory and threads: what runs goes on, what is new says so. */
#include "scenario/support.h"
#include "support/faults.h"

#include <limits.h>
#include <sched.h>
#include <string.h>

static void *checkout_for_the_first_time(void *pool)
{
	struct pooltoy_lease lease;

	EXPECT(POOLTOY_ENOMEM, pooltoy_checkout(pool, SOON, &lease));
	EXPECT_STORY("pool \"poolio\": ", "memory");
	return NULL;
}

static void without_memory_what_runs_goes_on_and_what_is_new_says_so(void)
{
	struct pooltoy_supervisor *another;
	struct pooltoy_client *client;
	struct pooltoy_pool *pool, *more;
	struct pooltoy_lease lease;
	struct stage stage;
	static char page[100000];

	stage_open(&stage);
	pool = start_pool(&stage,
			  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 2));
	await_idle(pool, 2);
	expect_service(pool);

	faults_begin(FAULTS_MEMORY, 0, UINT_MAX);
	for (int i = 0; i < 100; i++)
		expect_service(pool);
	EXPECT(POOLTOY_ENOMEM, pooltoy_supervisor_start(&another));
	EXPECT_STORY("supervisor", "memory");
	EXPECT(POOLTOY_ENOMEM,
	       pooltoy_start_pool(stage.supervisor,
				  POOLTOY_POOL_SPEC(.name = "pooly", .worker = &doubler), &more));
	EXPECT_STORY("supervisor", "pooly", "memory");
	EXPECT(POOLTOY_ENOMEM, pooltoy_client_open("no", &client));
	EXPECT_STORY("memory");
	finish(begin(checkout_for_the_first_time, pool));
	MUST(pooltoy_checkout(pool, SOON, &lease));
	EXPECT(POOLTOY_ENOMEM, pooltoy_call(&lease, page, sizeof page, NULL, NULL, SOON));
	EXPECT_STORY("poolio", "100000");
	EXPECT(POOLTOY_OK, tell(&lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	CU_ASSERT(faults_end(FAULTS_MEMORY) > 0);

	MUST(pooltoy_start_pool(stage.supervisor,
				POOLTOY_POOL_SPEC(.name = "pooly", .worker = &doubler, .size = 1),
				&more));
	expect_service(more);
	pooltoy_pool_release(more);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

static void without_threads_pools_wait_for_better_times_and_say_why(void)
{
	struct pooltoy_supervisor *another;
	struct pooltoy_pool *poolio, *pooly, *more;
	struct stage stage;

	stage_open(&stage);
	poolio = start_pool(&stage,
			    POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 2,
					      .backoff_min = 5, .backoff_max = 5));
	pooly = start_pool(&stage,
			   POOLTOY_POOL_SPEC(.name = "pooly", .worker = &doubler, .size = 2));
	await_idle(poolio, 2);
	await_idle(pooly, 2);

	faults_begin(FAULTS_THREADS, 0, UINT_MAX);
	EXPECT(POOLTOY_EAGAIN, pooltoy_supervisor_start(&another));
	EXPECT(POOLTOY_EAGAIN,
	       pooltoy_start_pool(stage.supervisor,
				  POOLTOY_POOL_SPEC(.name = "more", .worker = &doubler), &more));
	EXPECT_STORY("supervisor: ", "pool \"more\": ", "manager: ", "thread: ");
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(poolio, 0));
	await_event(&stage, "poolio", POOLTOY_EVENT_WORKER_START_FAILED, 3);
	CU_ASSERT_EQUAL(status_of(poolio).state, POOLTOY_POOL_DEGRADED);
	CU_ASSERT_PTR_NOT_NULL(strstr(status_of(poolio).last_reason, "thread"));
	expect_service(poolio);
	EXPECT(POOLTOY_OK, pooltoy_kill_supervisor(stage.supervisor));
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(poolio));
	for (int i = 0; i < 100; i++)
		expect_service(pooly);
	CU_ASSERT(faults_end(FAULTS_THREADS) > 0);

	await_event(&stage, "", POOLTOY_EVENT_SUPERVISOR_RESTARTED, 1);
	await_event(&stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED, 1);
	await_idle(poolio, 2);
	expect_service(poolio);
	CU_ASSERT_EQUAL(status_of(poolio).state, POOLTOY_POOL_READY);
	CU_ASSERT_EQUAL(status_of(poolio).restarts, 1); /* the lack never counted */
	pooltoy_pool_release(poolio);
	pooltoy_pool_release(pooly);
	stage_close(&stage);
}

static void a_place_that_is_lost_later_fails_the_starts_of_workers_and_is_told(void)
{
	struct pooltoy_pool *pool;
	struct stage stage;

	stage_open(&stage);
	faults_begin(FAULTS_PLACES, 2, UINT_MAX); /* the trial is good: policy, nice value */
	pool = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 1,
						    .backoff_min = 5, .backoff_max = 5,
						    .scheduling = POOLTOY_SCHED_BATCH, .nice = 19));
	await_event(&stage, "poolio", POOLTOY_EVENT_WORKER_START_FAILED, 2);
	CU_ASSERT_STRING_EQUAL(status_of(pool).last_reason,
			       "worker 0: init failed: scheduling: Operation not permitted");
	CU_ASSERT(status_of(pool).start_failures >= 2);
	CU_ASSERT_EQUAL(events(&stage, "poolio", POOLTOY_EVENT_WORKER_STARTED), 0);
	CU_ASSERT(faults_end(FAULTS_PLACES) >= 2);
	await_idle(pool, 1);
	expect_service(pool);
	pooltoy_pool_release(pool);
	stage_close(&stage);
}

/* What is refused at the start, one after the other. */
static void a_place_that_is_refused_at_the_start_is_an_error_that_says_which(void)
{
	static const char *const stories[] = { "workers' processors: ", "workers' scheduling: ",
					       "workers' nice value: " };
	struct pooltoy_pool *pool;
	struct stage stage;
	cpu_set_t cpus;

	sched_getaffinity(0, sizeof cpus, &cpus);
	stage_open(&stage);
	for (unsigned i = 0; i < 3; i++) {
		faults_begin(FAULTS_PLACES, i, 1);
		EXPECT(POOLTOY_EPERM,
		       pooltoy_start_pool(
			       stage.supervisor,
			       POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 1,
						 .cpus = &cpus, .cpus_size = sizeof cpus,
						 .scheduling = POOLTOY_SCHED_OTHER, .nice = 19),
			       &pool));
		EXPECT_STORY("pool \"poolio\": ", stories[i], "Operation not permitted",
			     "CAP_SYS_NICE");
		CU_ASSERT_EQUAL(faults_end(FAULTS_PLACES), 1);
		EXPECT(POOLTOY_ENOENT, pooltoy_find_pool(stage.supervisor, "poolio", &pool));
	}
	stage_close(&stage);
}

/* The process's first request: as a child, which has not made it. */
static void start_without_a_watch_for_forks(void)
{
	struct pooltoy_supervisor *supervisor;

	faults_begin(FAULTS_PROCESS, 0, 1);
	EXPECT(POOLTOY_ENOMEM, pooltoy_supervisor_start(&supervisor));
	EXPECT_STORY("supervisor: ", "memory", "forks");
	CU_ASSERT_EQUAL(faults_end(FAULTS_PROCESS), 1);
	MUST(pooltoy_supervisor_start(&supervisor));
	EXPECT(POOLTOY_OK, pooltoy_supervisor_stop(supervisor, SOON));
}

static void without_a_watch_for_forks_no_supervisor_starts(void)
{
	in_child(start_without_a_watch_for_forks);
}

SUITE(TEST(without_a_watch_for_forks_no_supervisor_starts),
      TEST(without_memory_what_runs_goes_on_and_what_is_new_says_so),
      TEST(without_threads_pools_wait_for_better_times_and_say_why),
      TEST(a_place_that_is_lost_later_fails_the_starts_of_workers_and_is_told),
      TEST(a_place_that_is_refused_at_the_start_is_an_error_that_says_which))
