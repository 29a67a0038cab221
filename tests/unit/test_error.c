/* SPDX-License-Identifier: MIT */
/* test_error.c: codes, their texts, and the calling thread's last error. */
#include "support/suite.h"
#include "error.h"

#include <pthread.h>
#include <string.h>

static void every_code_has_a_text_of_its_own(void)
{
	int code, other, codes = 0;

	for (code = POOLTOY_OK; code >= POOLTOY_EQUOTA; code--) {
		CU_ASSERT_STRING_NOT_EQUAL(pooltoy_strerror(code), "unknown error");
		CU_ASSERT_STRING_NOT_EQUAL(pooltoy_strerror(code), "application error");
		for (other = POOLTOY_OK; other > code; other--)
			CU_ASSERT_STRING_NOT_EQUAL(pooltoy_strerror(code), pooltoy_strerror(other));
		codes++;
	}
	CU_ASSERT_EQUAL(codes, 28);
	CU_ASSERT_STRING_EQUAL(pooltoy_strerror(POOLTOY_ESTALE), "the lease has ended");
}

static void codes_that_the_library_does_not_have_are_unknown(void)
{
	CU_ASSERT_STRING_EQUAL(pooltoy_strerror(1), "unknown error");
	CU_ASSERT_STRING_EQUAL(pooltoy_strerror(POOLTOY_EQUOTA - 1), "unknown error");
	CU_ASSERT_STRING_EQUAL(pooltoy_strerror(POOLTOY_EUSER + 1), "unknown error");
}

static void codes_of_the_application_are_told_as_such(void)
{
	CU_ASSERT_STRING_EQUAL(pooltoy_strerror(POOLTOY_EUSER), "application error");
	CU_ASSERT_STRING_EQUAL(pooltoy_strerror(POOLTOY_EUSER - 1), "application error");
}

static void setting_an_error_returns_its_code_and_keeps_its_text(void)
{
	CU_ASSERT_EQUAL(error_set(POOLTOY_ENOENT, "pool \"%s\": no worker %d", "poolio", 7),
			POOLTOY_ENOENT);
	CU_ASSERT_STRING_EQUAL(pooltoy_last_error(), "pool \"poolio\": no worker 7");
	CU_ASSERT_EQUAL(error_set(POOLTOY_EUSER - 5, "other"), POOLTOY_EUSER - 5);
	CU_ASSERT_STRING_EQUAL(pooltoy_last_error(), "other");
}

static void a_text_that_is_too_long_is_cut(void)
{
	char text[1000];

	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = 0;
	CU_ASSERT_EQUAL(error_set(POOLTOY_EINVAL, "begin %s", text), POOLTOY_EINVAL);
	CU_ASSERT_EQUAL(strlen(pooltoy_last_error()), 383);
	CU_ASSERT_EQUAL(strncmp(pooltoy_last_error(), "begin xxx", 9), 0);
}

static void *fails_once(void *before)
{
	strcpy(before, pooltoy_last_error());
	CU_ASSERT_EQUAL(error_set(POOLTOY_EBUSY, "the other thread's"), POOLTOY_EBUSY);
	CU_ASSERT_STRING_EQUAL(pooltoy_last_error(), "the other thread's");
	return NULL;
}

static void each_thread_has_a_last_error_of_its_own(void)
{
	char others[400] = "not told";
	pthread_t thread;

	CU_ASSERT_EQUAL(error_set(POOLTOY_EINVAL, "mine"), POOLTOY_EINVAL);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, fails_once, others), 0);
	pthread_join(thread, NULL);
	CU_ASSERT_STRING_EQUAL(others, "");
	CU_ASSERT_STRING_EQUAL(pooltoy_last_error(), "mine");
}

static void the_library_is_as_old_as_its_header(void)
{
	CU_ASSERT_STRING_EQUAL(pooltoy_version(), POOLTOY_VERSION);
}

SUITE(TEST(every_code_has_a_text_of_its_own),
      TEST(codes_that_the_library_does_not_have_are_unknown),
      TEST(codes_of_the_application_are_told_as_such),
      TEST(setting_an_error_returns_its_code_and_keeps_its_text),
      TEST(a_text_that_is_too_long_is_cut), TEST(each_thread_has_a_last_error_of_its_own),
      TEST(the_library_is_as_old_as_its_header))
