/* SPDX-License-Identifier: MIT */
/* suite.h: the frame of a test program: CUnit's assertions, TAP on its output, a watchdog. */
#ifndef SUITE_H
#define SUITE_H

#include <CUnit/CUnit.h>

/*
 * A test program is a list of functions, told in the order in which they run:
 *
 *	static void a_fresh_supervisor_has_no_pools(void)
 *	{
 *		CU_ASSERT_EQUAL(pooltoy_supervisor_pools(supervisor), 0);
 *	}
 *
 *	SUITE(TEST(a_fresh_supervisor_has_no_pools),
 *	      TEST(stopping_twice_is_an_error_code))
 *
 * The program then runs all of them, or those named on its command line; `--list` names them. A
 * test that takes longer than SUITE_TIMEOUT seconds (an environment variable; 120 by default) is
 * named and aborted, and so is a child that it forked.
 *
 * CU_ASSERT... may be used on any thread: failures are counted under a lock. CU_ASSERT_..._FATAL
 * leaves the test by longjmp, so it belongs on the test's own thread, outside callbacks; anywhere
 * else it ends the program. In C++ it would pass destructors by: there are plain ones alone.
 */
#ifdef __cplusplus
extern "C" {
#endif

struct suite_test {
	const char *name;
	void (*run)(void);
};

/* clang-format off */
#define TEST(function) { #function, function }
/* clang-format on */
#if defined(SUITES_SHARE_A_PROGRAM)
/* Each is known by the name of its source. */
#define SUITE(...) \
	static const struct suite_test suite_tests[] = { __VA_ARGS__ }; \
	__attribute__((constructor)) static void suite_tell(void) \
	{ \
		static struct suite told = { suite_tests, \
					     sizeof(suite_tests) / sizeof(suite_tests[0]), \
					     __FILE__, NULL }; \
		suite_add(&told); \
	}

struct suite {
	const struct suite_test *tests;
	unsigned count;
	const char *source;
	struct suite *next;
};
void suite_add(struct suite *suite);
/* The main function: that of the suite whose source is NAME.c. */
int suite_run_named(const char *name, int argc, char **argv);
#else
#define SUITE(...) \
	const struct suite_test suite_tests[] = { __VA_ARGS__ }; \
	const unsigned suite_count = sizeof(suite_tests) / sizeof(suite_tests[0]);

extern const struct suite_test suite_tests[];
extern const unsigned suite_count;
#endif

/* Ends the calling test as skipped, for what this machine or this build cannot do. */
#define SKIP(reason) \
	do { \
		suite_skip(reason); \
		return; \
	} while (0)

void suite_skip(const char *reason);

/* What the CU_ASSERT macros call, made safe for threads. */
void suite_record(CU_BOOL holds, unsigned line, const char *condition, const char *file,
		  const char *function);
void suite_leave(unsigned line, const char *condition, const char *file) __attribute__((noreturn));

/* Inline, so that whoever analyzes a test sees that none goes on after a fatal failure. */
static inline CU_BOOL suite_assert(CU_BOOL holds, unsigned line, const char *condition,
				   const char *file, const char *function, CU_BOOL fatal)
{
	suite_record(holds, line, condition, file, function);
	if (!holds && fatal)
		suite_leave(line, condition, file);
	return holds;
}
#define CU_assertImplementation suite_assert

#ifdef __cplusplus
}
#endif

#endif
