/* SPDX-License-Identifier: MIT */
/* test_faults.c: lives in each of which one more request comes before those that are refused. */
#include "faults/life.h"
#include "faults/promise.h"
#include "scenario/support.h"

#include <stdio.h>
#include <sys/mman.h>

/* So many in a row: longer than any of the library's own repetitions is patient at once. */
enum { A_WHILE = 8, MOST_LIVES = 5000 };

/* Until a life meets none. The number of lives that met some. */
static unsigned live_on(enum faults_kind kind, unsigned bad)
{
	unsigned good = 0;

	while (good < MOST_LIVES && life_with_faults(kind, good, bad) > 0)
		good++;
	printf("# %s, %u refused: %u faults injected\n", faults_name(kind), bad, good);
	CU_ASSERT(good < MOST_LIVES);
	return good;
}

/* What a process asks for once in its time: each life is a child's. */
static unsigned *shared_count, shared_good, shared_bad;

static void live_as_child(void)
{
	*shared_count = life_with_faults(FAULTS_PROCESS, shared_good, shared_bad);
}

static unsigned live_on_in_children(unsigned bad)
{
	shared_count = mmap(NULL, sizeof *shared_count, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CU_ASSERT_FATAL(shared_count != MAP_FAILED);
	shared_bad = bad;
	shared_good = 0;
	do {
		*shared_count = 0;
		in_child(live_as_child);
	} while (*shared_count > 0 && ++shared_good < MOST_LIVES);
	printf("# %s, %u refused: %u faults injected\n", faults_name(FAULTS_PROCESS), bad,
	       shared_good);
	munmap(shared_count, sizeof *shared_count);
	return shared_good;
}

static void each_key_and_handler_of_the_process_that_cannot_be_had(void)
{
	CU_ASSERT(live_on_in_children(1) >= 4);
	CU_ASSERT(live_on_in_children(A_WHILE) >= 4);
}

static void a_life_uses_all_that_the_library_exports(void)
{
	const char *missing;

	CU_ASSERT_EQUAL(life_with_faults(FAULTS_MEMORY, 0, 0), 0);
	if (promise_unused(&missing))
		printf("# not used: %s\n", missing);
	CU_ASSERT_EQUAL(promise_unused(&missing), 0);
}

static void each_allocation_that_fails(void)
{
	CU_ASSERT(live_on(FAULTS_MEMORY, 1) > 50);
	CU_ASSERT(live_on(FAULTS_MEMORY, A_WHILE) > 50);
}

static void each_thread_that_cannot_be_had(void)
{
	CU_ASSERT(live_on(FAULTS_THREADS, 1) > 30);
	CU_ASSERT(live_on(FAULTS_THREADS, A_WHILE) > 30);
}

static void each_mutex_that_cannot_be_made(void)
{
	CU_ASSERT(live_on(FAULTS_MUTEXES, 1) > 20);
	CU_ASSERT(live_on(FAULTS_MUTEXES, A_WHILE) > 20);
}

static void each_condition_variable_that_cannot_be_made(void)
{
	CU_ASSERT(live_on(FAULTS_CONDITIONS, 1) > 20);
	CU_ASSERT(live_on(FAULTS_CONDITIONS, A_WHILE) > 20);
}

/* The first one while the process has not yet used the library. */
SUITE(TEST(each_key_and_handler_of_the_process_that_cannot_be_had),
      TEST(a_life_uses_all_that_the_library_exports), TEST(each_allocation_that_fails),
      TEST(each_thread_that_cannot_be_had), TEST(each_mutex_that_cannot_be_made),
      TEST(each_condition_variable_that_cannot_be_made))
