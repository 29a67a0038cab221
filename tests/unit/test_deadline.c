/* SPDX-License-Identifier: MIT */
/* test_deadline.c: timeouts to deadlines and back. */
#include "support/suite.h"
#include "deadline.h"
#include "unit/random.h"

static void no_timeout_is_no_deadline(void)
{
	CU_ASSERT_EQUAL(deadline_from_timeout(-1), SYNC_NEVER);
	CU_ASSERT_EQUAL(deadline_from_timeout(INT_MIN), SYNC_NEVER);
	CU_ASSERT_EQUAL(deadline_to_timeout(SYNC_NEVER), -1);
}

static void timeouts_are_counted_from_now_in_nanoseconds(void)
{
	static const int timeouts[] = { 0, 1, 999, 5000, 86400000, INT_MAX };
	unsigned i;

	for (i = 0; i < sizeof timeouts / sizeof timeouts[0]; i++) {
		uint64_t before = sync_now(), deadline = deadline_from_timeout(timeouts[i]);
		uint64_t span = (uint64_t)timeouts[i] * 1000000;

		CU_ASSERT(deadline >= before + span);
		CU_ASSERT(deadline <= sync_now() + span);
	}
}

/* Who waits for the answer and looks again finds the deadline passed, and by less than 1 ms. */
static void what_is_left_is_rounded_up_to_the_millisecond(void)
{
	uint64_t seed = 1;
	int i, fractions = 0;

	for (i = 0; i < 10000; i++) {
		uint64_t span = random_next(&seed) % UINT64_C(10000000000);
		uint64_t before = sync_now(), deadline = before + span;
		int timeout = deadline_to_timeout(deadline);
		uint64_t after = sync_now(), waited = (uint64_t)timeout * 1000000;

		CU_ASSERT(timeout >= 0);
		CU_ASSERT(after + waited >= deadline);
		CU_ASSERT(timeout == 0 || before + waited < deadline + 1000000);
		fractions += span % 1000000 != 0;
	}
	CU_ASSERT(fractions > 9000);
}

static void a_deadline_that_has_passed_leaves_nothing(void)
{
	CU_ASSERT_EQUAL(deadline_to_timeout(0), 0);
	CU_ASSERT_EQUAL(deadline_to_timeout(sync_now() - 1), 0);
	CU_ASSERT_EQUAL(deadline_to_timeout(sync_now()), 0);
}

static void what_is_left_fits_into_an_int(void)
{
	uint64_t longest = (uint64_t)INT_MAX * 1000000;

	CU_ASSERT_EQUAL(deadline_to_timeout(sync_now() + 2 * longest), INT_MAX);
	CU_ASSERT_EQUAL(deadline_to_timeout(SYNC_NEVER - 1), INT_MAX);
	CU_ASSERT(deadline_to_timeout(sync_now() + longest / 2) < INT_MAX);
	CU_ASSERT(deadline_to_timeout(sync_now() + longest / 2) >= INT_MAX / 2 - 60000);
}

SUITE(TEST(no_timeout_is_no_deadline), TEST(timeouts_are_counted_from_now_in_nanoseconds),
      TEST(what_is_left_is_rounded_up_to_the_millisecond),
      TEST(a_deadline_that_has_passed_leaves_nothing), TEST(what_is_left_fits_into_an_int))
