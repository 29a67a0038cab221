/* SPDX-License-Identifier: MIT */
/* suite_specimen.c: tests that fail in every way a test can, for harness.sh to look at. */
#include "support/suite.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void passes(void)
{
	CU_ASSERT_EQUAL(1 + 1, 2);
}

static void fails(void)
{
	CU_ASSERT_STRING_EQUAL("apples", "pears");
	CU_ASSERT_EQUAL(1 + 1, 3);
}

static void fails_for_good(void)
{
	CU_ASSERT_FATAL(sizeof(char) == 2);
	puts("# unreachable");
}

static void skips(void)
{
	SKIP("of a good reason");
}

static void *assert_something_wrong(void *unused)
{
	for (int i = 0; i < 1000; i++)
		CU_ASSERT(i < 0);
	return unused;
}

static void fails_on_other_threads(void)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, assert_something_wrong, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("# counted %u\n", CU_get_number_of_failures());
}

static void hangs(void)
{
	for (;;)
		pause();
}

/* The child would keep our output open, and whoever reads it waiting. */
static void leaves_a_child_that_hangs(void)
{
	if (fork() == 0)
		hangs();
}

static void crashes(void)
{
	abort();
}

SUITE(TEST(passes), TEST(fails), TEST(fails_for_good), TEST(skips), TEST(fails_on_other_threads),
      TEST(hangs), TEST(leaves_a_child_that_hangs), TEST(crashes))
