/* SPDX-License-Identifier: MIT */
/* test_overload.c: who is shed when, in virtual time. */
#include "support/suite.h"
#include "overload.h"

#define MS       UINT64_C(1000000)
#define TARGET   (50 * MS)
#define INTERVAL (1000 * MS)

static struct overload codel(void)
{
	return (struct overload){ .max_waiters = UINT_MAX, .target = TARGET, .interval = INTERVAL };
}

static bool sheds(struct overload *overload)
{
	return overload_is_too_long(overload, UINT64_MAX);
}

/* One is served each 10 ms, from then until then, after that wait. */
static void serve(struct overload *overload, uint64_t from, uint64_t until, uint64_t waited)
{
	for (; from < until; from += 10 * MS)
		overload_served(overload, waited, from);
}

static void without_a_target_nobody_is_shed(void)
{
	struct overload off = OVERLOAD_INIT;

	CU_ASSERT_FALSE(overload_is_bounded(&off));
	serve(&off, INTERVAL, 5 * INTERVAL, INTERVAL);
	overload_poll(&off, 1, 6 * INTERVAL);
	overload_poll(&off, 1, 7 * INTERVAL);
	CU_ASSERT_FALSE(sheds(&off));
}

static void waits_within_the_target_are_no_overload(void)
{
	struct overload overload = codel();

	CU_ASSERT(overload_is_bounded(&overload));
	serve(&overload, INTERVAL, 5 * INTERVAL, TARGET);
	CU_ASSERT_FALSE(sheds(&overload));
}

static void one_short_wait_makes_an_interval_good(void)
{
	struct overload overload = codel();
	uint64_t begun;

	for (begun = INTERVAL; begun < 5 * INTERVAL; begun += INTERVAL) {
		serve(&overload, begun, begun + INTERVAL / 2, 10 * TARGET);
		overload_served(&overload, TARGET, begun + INTERVAL / 2);
		serve(&overload, begun + INTERVAL / 2, begun + INTERVAL, 10 * TARGET);
	}
	CU_ASSERT_FALSE(sheds(&overload));
}

static void an_interval_of_long_waits_has_those_shed_that_waited_for_twice_the_target(void)
{
	struct overload overload = codel();

	serve(&overload, INTERVAL, 2 * INTERVAL, TARGET + 1);
	CU_ASSERT_FALSE(sheds(&overload));
	overload_served(&overload, TARGET + 1, 2 * INTERVAL);
	CU_ASSERT(sheds(&overload));
	CU_ASSERT_FALSE(overload_is_too_long(&overload, 2 * TARGET));
	CU_ASSERT(overload_is_too_long(&overload, 2 * TARGET + 1));
}

static void an_interval_with_a_short_wait_ends_it(void)
{
	struct overload overload = codel();

	serve(&overload, INTERVAL, 2 * INTERVAL + 1, 2 * TARGET);
	CU_ASSERT(sheds(&overload));
	serve(&overload, 2 * INTERVAL + 10 * MS, 3 * INTERVAL, TARGET);
	CU_ASSERT(sheds(&overload)); /* until it is over */
	serve(&overload, 3 * INTERVAL, 3 * INTERVAL + 1, TARGET);
	CU_ASSERT_FALSE(sheds(&overload));
}

static void a_queue_that_empties_is_no_overload(void)
{
	struct overload overload = codel();

	serve(&overload, INTERVAL, 2 * INTERVAL, 10 * TARGET);
	overload_nobody_waits(&overload);
	serve(&overload, 2 * INTERVAL, 2 * INTERVAL + 1, 10 * TARGET);
	CU_ASSERT_FALSE(sheds(&overload));
}

static void a_head_that_nobody_serves_is_overload(void)
{
	struct overload overload = codel();
	uint64_t since = INTERVAL, when;

	for (when = 2 * INTERVAL; when < 4 * INTERVAL; when += INTERVAL)
		overload_poll(&overload, since, when);
	CU_ASSERT_FALSE(
		sheds(&overload)); /* an interval begins with the first poll that finds it again */
	overload_poll(&overload, since, when);
	CU_ASSERT(sheds(&overload));
}

static void heads_that_come_and_go_are_not(void)
{
	struct overload overload = codel();
	uint64_t when;

	for (when = 2 * INTERVAL; when < 10 * INTERVAL; when += INTERVAL)
		overload_poll(&overload, when - 1, when);
	CU_ASSERT_FALSE(sheds(&overload));
}

static void when_nobody_waits_any_more_it_is_over(void)
{
	struct overload overload = codel();

	serve(&overload, INTERVAL, 2 * INTERVAL + 1, 2 * TARGET);
	CU_ASSERT(sheds(&overload));
	overload_nobody_waits(&overload);
	overload_poll_empty(&overload, 3 * INTERVAL);
	CU_ASSERT_FALSE(sheds(&overload));
}

SUITE(TEST(without_a_target_nobody_is_shed), TEST(waits_within_the_target_are_no_overload),
      TEST(one_short_wait_makes_an_interval_good),
      TEST(an_interval_of_long_waits_has_those_shed_that_waited_for_twice_the_target),
      TEST(an_interval_with_a_short_wait_ends_it), TEST(a_queue_that_empties_is_no_overload),
      TEST(a_head_that_nobody_serves_is_overload), TEST(heads_that_come_and_go_are_not),
      TEST(when_nobody_waits_any_more_it_is_over))
