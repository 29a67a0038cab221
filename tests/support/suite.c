/* SPDX-License-Identifier: MIT */
/* suite.c: the main function of every CUnit test program. */
#include "support/suite.h"

#undef CU_assertImplementation

#include <CUnit/TestRun.h>
#include <setjmp.h>
#include <stdbool.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(SUITES_SHARE_A_PROGRAM)
#include "isolated/isolated.h"
static SHARED atomic_uint failures_elsewhere; /* in processes of workers, in this test */
#endif

static struct {
	pthread_mutex_t lock; /* around CUnit's own records */
	pthread_t thread;     /* the one that runs the tests */
	const char *test;     /* that runs now */
	const char *skipped;  /* the reason, if it said so */
	unsigned timeout_s;
	unsigned number;
	unsigned failed;
} suite = { .lock = PTHREAD_MUTEX_INITIALIZER, .timeout_s = 120 };

/* In a process that runs no tests there is nothing of CUnit's. */
static bool is_recorded_elsewhere(CU_BOOL holds, unsigned line, const char *condition,
				  const char *file)
{
#if defined(SUITES_SHARE_A_PROGRAM)
	if (suite.test)
		return false;
	if (!holds) {
		failures_elsewhere++;
		fprintf(stderr, "# %s:%u: %s\n", file, line, condition);
	}
	return true;
#else
	(void)holds;
	(void)line;
	(void)condition;
	(void)file;
	return false;
#endif
}

static bool have_others_failed(void)
{
#if defined(SUITES_SHARE_A_PROGRAM)
	return atomic_exchange(&failures_elsewhere, 0) > 0;
#else
	return false;
#endif
}

void suite_record(CU_BOOL holds, unsigned line, const char *condition, const char *file,
		  const char *function)
{
	if (is_recorded_elsewhere(holds, line, condition, file))
		return;
	pthread_mutex_lock(&suite.lock);
	CU_assertImplementation(holds, line, condition, file, function, CU_FALSE);
	pthread_mutex_unlock(&suite.lock);
}

void suite_leave(unsigned line, const char *condition, const char *file)
{
	if (!pthread_equal(pthread_self(), suite.thread)) {
		printf("Bail out! %s: %s:%u: %s, on a thread of its own\n", suite.test, file, line,
		       condition);
		fflush(stdout);
		abort();
	}
	longjmp(*CU_get_current_test()->pJumpBuf, 1);
}

void suite_skip(const char *reason)
{
	suite.skipped = reason;
}

/* Every test ends, or is named. Runs in a signal handler: write and abort only. */
static void watchdog_bites(int signal)
{
	static const char story[] = "Bail out! the time is over in ";

	(void)signal;
	if (write(STDOUT_FILENO, story, sizeof(story) - 1) < 0 ||
	    write(STDOUT_FILENO, suite.test, strlen(suite.test)) < 0 ||
	    write(STDOUT_FILENO, "\n", 1) < 0)
		_exit(99);
	abort();
}

/* Also in a child of a fork, which inherits the handler but not the alarm; one left hanging would
 * keep the pipe to the harness open, and the harness waiting. */
static void watchdog_rearm(void)
{
	alarm(suite.timeout_s);
}

static void watchdog_start(void)
{
	const char *given = getenv("SUITE_TIMEOUT");

	if (given)
		suite.timeout_s = (unsigned)strtoul(given, NULL, 10);
	signal(SIGALRM, watchdog_bites);
	pthread_atfork(NULL, NULL, watchdog_rearm);
}

static void test_starts(const CU_pTest test, const CU_pSuite in)
{
	(void)in;
	suite.test = test->pName;
	suite.skipped = NULL;
	watchdog_rearm();
}

static void test_completes(const CU_pTest test, const CU_pSuite in,
			   const CU_pFailureRecord failures)
{
	bool failed = have_others_failed() || failures;

	(void)in;
	alarm(0);
	for (const CU_FailureRecord *one = failures; one; one = one->pNext)
		printf("# %s:%u: %s\n", one->strFileName, one->uiLineNumber, one->strCondition);
	suite.failed += failed;
	printf("%s %u - %s", failed ? "not ok" : "ok", ++suite.number, test->pName);
	if (suite.skipped && !failed)
		printf(" # SKIP %s", suite.skipped);
	putchar('\n');
}

static bool is_wanted(const char *name, char **wanted)
{
	if (!*wanted)
		return true;
	for (; *wanted; wanted++)
		if (strcmp(*wanted, name) == 0)
			return true;
	return false;
}

static int run(const struct suite_test *tests, unsigned count, char **argv)
{
	unsigned planned = 0;
	CU_pSuite all;

	if (argv[1] && strcmp(argv[1], "--list") == 0) {
		for (unsigned i = 0; i < count; i++)
			puts(tests[i].name);
		return 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0); /* what a crash leaves behind is complete */
	suite.thread = pthread_self();
	if (CU_initialize_registry() != CUE_SUCCESS || !(all = CU_add_suite(argv[0], NULL, NULL)))
		return 99;
	for (unsigned i = 0; i < count; i++) {
		if (!is_wanted(tests[i].name, argv + 1))
			continue;
		if (!CU_add_test(all, tests[i].name, tests[i].run))
			return 99;
		planned++;
	}
	printf("1..%u\n", planned);
	watchdog_start();
	CU_set_test_start_handler(test_starts);
	CU_set_test_complete_handler(test_completes);
	CU_run_all_tests();
	CU_cleanup_registry();
	if (!planned || suite.number != planned) /* a program that ran nothing has not passed */
		return 99;
	/* The harness counts what it reads; a failing exit would be counted once more. */
	return suite.failed && !getenv("HARNESS_ACTIVE");
}

#if defined(SUITES_SHARE_A_PROGRAM)
static struct suite *suites;

void suite_add(struct suite *added)
{
	added->next = suites;
	suites = added;
}

static bool is_named(const struct suite *one, const char *name)
{
	const char *base = strrchr(one->source, '/');
	size_t length = strlen(name);

	base = base ? base + 1 : one->source;
	return strncmp(base, name, length) == 0 && strcmp(base + length, ".c") == 0;
}

int suite_run_named(const char *name, int argc, char **argv)
{
	(void)argc;
	for (const struct suite *one = suites; one; one = one->next)
		if (is_named(one, name))
			return run(one->tests, one->count, argv);
	return 99;
}
#else
int main(int argc, char **argv)
{
	(void)argc;
	return run(suite_tests, suite_count, argv);
}
#endif
