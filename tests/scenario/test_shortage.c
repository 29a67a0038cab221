/* SPDX-License-Identifier: MIT */
/* test_shortage.c: no memory, no threads: codes, never an abort; and all is well afterwards. */
#include "scenario/support.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * A program's own definition comes before the C library's, for shared libraries, too: here stand those
 * that the library gets its threads and its memory from. They fail as the test says, and only for
 * callers in the library. Not its memory under a sanitizer, which wants to see that itself.
 */
enum resource { THREADS, MEMORY };
static struct {
	atomic_long until_one_fails; /* the one after so many; negative: none */
	atomic_bool all_fail;
	atomic_int refused;
	uintptr_t begin, end; /* of the library's code */
} shortage[2] = { { .until_one_fails = -1 }, { .until_one_fails = -1 } };

static bool is_refused(enum resource resource, const void *caller)
{
	uintptr_t address = (uintptr_t)caller;

	if (address < shortage[resource].begin || address >= shortage[resource].end)
		return false;
	if (!shortage[resource].all_fail &&
	    (shortage[resource].until_one_fails < 0 || shortage[resource].until_one_fails-- != 0))
		return false;
	shortage[resource].refused++;
	return true;
}

typedef int thread_starter(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *),
		   void *argument)
{
	static _Atomic(thread_starter *) real;

	if (is_refused(THREADS, __builtin_return_address(0)))
		return EAGAIN;
	if (!real) {
		void *symbol = dlsym(RTLD_NEXT, "pthread_create");
		thread_starter *found;

		memcpy(&found, &symbol, sizeof found);
		real = found;
	}
	return real(thread, attributes, body, argument);
}

#if !SANITIZED
void *__libc_calloc(size_t count, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *calloc(size_t count, size_t size)
{
	if (is_refused(MEMORY, __builtin_return_address(0))) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_calloc(count, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	if (is_refused(MEMORY, __builtin_return_address(0))) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_memalign(alignment, size);
}
#endif

static int find_library(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	if (!strstr(info->dlpi_name, "libpooltoy"))
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

		if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X))
			continue;
		for (int r = THREADS; r <= MEMORY; r++) {
			shortage[r].begin = info->dlpi_addr + segment->p_vaddr;
			shortage[r].end = shortage[r].begin + segment->p_memsz;
		}
	}
	return 1;
}

static void watch_the_library(void)
{
	dl_iterate_phdr(find_library, NULL);
	CU_ASSERT_FATAL(shortage[THREADS].end > shortage[THREADS].begin);
}

/* A whole life, in which each step may fail for lack of something, but in no other way. */

static bool done(int code, const char *step)
{
	if (code == POOLTOY_OK)
		return true;
	if (code != POOLTOY_ENOMEM && code != POOLTOY_EAGAIN && code != POOLTOY_ECRASHED &&
	    code != POOLTOY_ESTALE)
		printf("# %s: %d (%s)\n", step, code, pooltoy_last_error());
	CU_ASSERT(code == POOLTOY_ENOMEM || code == POOLTOY_EAGAIN || code == POOLTOY_ECRASHED ||
		  code == POOLTOY_ESTALE);
	return false;
}

static void use_one(const struct pooltoy_lease *lease)
{
	char request[5000] = { 0 };
	void *state;

	done(pooltoy_call(lease, request, sizeof request, NULL, NULL, SOON), "call");
	done(tell(lease, (struct order){ GROW, 3000, NULL }, NULL, SOON), "call for a long reply");
	done(tell_cast(lease, (struct order){ COUNT, 1, NULL }), "cast");
	done(tell(lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON), "call");
	if (pooltoy_lease_state(lease, &state) == POOLTOY_OK)
		done(pooltoy_lease_state_done(lease), "lease_state_done");
}

static void use_all(struct pooltoy_pool *pool)
{
	struct pooltoy_lease leases[3];
	struct pooltoy_client *client;
	int held = 0;

	while (held < 3 && done(pooltoy_checkout(pool, SOON, &leases[held]), "checkout"))
		use_one(&leases[held++]); /* the third is overflow */
	while (held > 0)
		done(pooltoy_checkin(&leases[--held]), "checkin");
	if (!done(pooltoy_client_open("short", &client), "client_open"))
		return;
	if (done(pooltoy_client_checkout(client, pool, SOON, &leases[0]), "client_checkout"))
		use_one(&leases[0]);
	pooltoy_client_close(client);
}

static void *use_on_a_new_thread(void *pool)
{
	use_all(pool);
	return NULL;
}

static void live(void)
{
	struct troupe troupe = { 0 };
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *pool;

	if (!done(pooltoy_supervisor_start_with(
			  POOLTOY_SUPERVISOR_SPEC(.on_event = pooltoy_event_ignore), &supervisor),
		  "supervisor_start"))
		return;
	if (done(pooltoy_start_pool(supervisor,
				    POOLTOY_POOL_SPEC(.name = "poolio", .worker = &puppet_ops,
						      .argument = &troupe, .size = 2,
						      .max_overflow = 1, .backoff_min = 1,
						      .backoff_max = 1),
				    &pool),
		 "start_pool")) {
		use_all(pool);
		finish(begin(use_on_a_new_thread, pool));
		done(pooltoy_kill_manager(pool), "kill_manager");
		AWAIT(status_of(pool).restarts == 1);
		done(pooltoy_kill_supervisor(supervisor), "kill_supervisor");
		use_all(pool);
		pooltoy_pool_release(pool);
	}
	EXPECT(POOLTOY_OK, pooltoy_supervisor_stop(supervisor, SOON));
	CU_ASSERT_EQUAL(troupe.on_stage, 0);
	CU_ASSERT_EQUAL(troupe.collisions, 0);
}

static void *live_on_a_thread(void *unused)
{
	live();
	return unused; /* what it remembered of the pool goes with it */
}

/* Lives, in each of which one more request comes before the one that is refused, until none is. */
static int live_with_one_refusal_each(enum resource resource)
{
	int lives = 0, before;

	watch_the_library();
	do {
		before = shortage[resource].refused;
		shortage[resource].until_one_fails = lives++;
		finish(begin(live_on_a_thread, NULL));
		shortage[resource].until_one_fails = -1;
	} while (shortage[resource].refused > before && lives < 2000);
	return lives;
}

static void each_thread_that_cannot_be_had_is_a_code_or_is_made_up_for(void)
{
	/* 3 of the supervisor's, a manager, its 3 workers, and again after the kills. */
	CU_ASSERT(live_with_one_refusal_each(THREADS) > 10);
	CU_ASSERT(shortage[THREADS].refused > 10);
}

static void each_allocation_that_fails_is_a_code_or_is_made_up_for(void)
{
	size_t used;

	if (SANITIZED)
		SKIP("a sanitizer has its own calloc");
	mallopt(M_ARENA_MAX, 1); /* of which mallinfo2 tells */
	watch_the_library();
	finish(begin(live_on_a_thread, NULL));
	used = mallinfo2().uordblks;
	CU_ASSERT(live_with_one_refusal_each(MEMORY) > 30);
	CU_ASSERT(shortage[MEMORY].refused > 30);
	AWAIT(mallinfo2().uordblks < used + 16384); /* parkers stay, to be used again */
}

/* Longer shortages. */

static void *checkout_for_the_first_time(void *pool)
{
	struct pooltoy_lease lease;

	EXPECT(POOLTOY_ENOMEM, pooltoy_checkout(pool, SOON, &lease));
	return NULL;
}

static void without_memory_what_runs_goes_on_and_what_is_new_says_so(void)
{
	struct pooltoy_supervisor *another;
	struct pooltoy_client *client;
	struct pooltoy_pool *pool, *more;
	struct pooltoy_lease lease;
	struct stage stage;

	if (SANITIZED)
		SKIP("a sanitizer has its own calloc");
	watch_the_library();
	stage_open(&stage);
	pool = start_pool(&stage,
			  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 2));
	await_idle(pool, 2);
	expect_service(pool);

	shortage[MEMORY].all_fail = true;
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
	EXPECT(POOLTOY_ENOMEM, pooltoy_call(&lease, calloc(1, 100000), 100000, NULL, NULL, SOON));
	EXPECT_STORY("poolio", "100000");
	EXPECT(POOLTOY_OK, tell(&lease, (struct order){ DOUBLE, 1, NULL }, NULL, SOON));
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	shortage[MEMORY].all_fail = false;

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

	watch_the_library();
	stage_open(&stage);
	poolio = start_pool(&stage,
			    POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 2,
					      .backoff_min = 5, .backoff_max = 5));
	pooly = start_pool(&stage,
			   POOLTOY_POOL_SPEC(.name = "pooly", .worker = &doubler, .size = 2));
	await_idle(poolio, 2);
	await_idle(pooly, 2);

	shortage[THREADS].all_fail = true;
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
	shortage[THREADS].all_fail = false;

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

/* And the real thing: as a user who may have no more threads. */

static void set_thread_limit(rlim_t limit)
{
	struct rlimit current;

	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NPROC, &current), 0);
	current.rlim_cur = limit < current.rlim_max ? limit : current.rlim_max;
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NPROC, &current), 0);
}

static void run_into_the_limit(void)
{
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *pool;

	if (geteuid() == 0)
		CU_ASSERT_EQUAL_FATAL(setuid(65534), 0); /* root has no limit */
	MUST(pooltoy_supervisor_start(&supervisor));
	set_thread_limit(0);
	EXPECT(POOLTOY_EAGAIN,
	       pooltoy_start_pool(
		       supervisor,
		       POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 1), &pool));
	EXPECT_STORY("supervisor: ", "pool \"poolio\": ", "manager: ", "thread: ");
	set_thread_limit(RLIM_INFINITY);
	MUST(pooltoy_start_pool(supervisor,
				POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 1),
				&pool));
	expect_service(pool);
	pooltoy_pool_release(pool);
	EXPECT(POOLTOY_OK, pooltoy_supervisor_stop(supervisor, SOON));
}

static void a_users_limit_of_threads_is_a_code(void)
{
	if (THREAD_SANITIZED)
		SKIP("ThreadSanitizer needs threads of its own");
	in_child(run_into_the_limit);
}

SUITE(TEST(each_thread_that_cannot_be_had_is_a_code_or_is_made_up_for),
      TEST(each_allocation_that_fails_is_a_code_or_is_made_up_for),
      TEST(without_memory_what_runs_goes_on_and_what_is_new_says_so),
      TEST(without_threads_pools_wait_for_better_times_and_say_why),
      TEST(a_users_limit_of_threads_is_a_code))
