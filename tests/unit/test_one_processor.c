/* SPDX-License-Identifier: MIT */
/* test_one_processor.c: a process that may run on one processor alone: nobody spins there. */
#include "support/suite.h"
#include "parker.h"
#include "deadline.h"

#include <sched.h>

/* Before anything in this process has counted processors. */
static void keep_to_one_processor(void)
{
	cpu_set_t all, one;
	int cpu = 0;

	CU_ASSERT_EQUAL_FATAL(sched_getaffinity(0, sizeof all, &all), 0);
	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	CU_ASSERT_EQUAL_FATAL(sched_setaffinity(0, sizeof one, &one), 0);
	CU_ASSERT_EQUAL(sync_cpus(), 1);
}

static void *unpark(void *parker)
{
	parker_unpark(parker);
	return NULL;
}

static void who_waits_sleeps_at_once(void)
{
	struct parker parker;
	pthread_t other;

	keep_to_one_processor();
	CU_ASSERT_EQUAL_FATAL(parker_init(&parker), 0);
	CU_ASSERT_FALSE(parker_park(&parker, sync_now() + NS_PER_MS));
	CU_ASSERT_EQUAL_FATAL(pthread_create(&other, NULL, unpark, &parker), 0);
	CU_ASSERT(parker_park(&parker, SYNC_NEVER));
	pthread_join(other, NULL);
	CU_ASSERT_EQUAL(parker.spins, 0); /* a budget that nobody has drawn on */
	parker_destroy(&parker);
}

SUITE(TEST(who_waits_sleeps_at_once))
