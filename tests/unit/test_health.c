/* SPDX-License-Identifier: MIT */
/* test_health.c: lifetimes that are drawn. */
#include "support/suite.h"
#include "health.h"

#define MS UINT64_C(1000000)

static void a_lifetime_is_the_pools_or_shorter_by_the_jitter_at_most(void)
{
	const struct health_limits limits = { .max_lifetime = 1000 * MS, .lifetime_jitter = 10 };
	uint64_t shortest = UINT64_MAX, longest = 0, random = 1;

	for (int i = 0; i < 10000; i++) {
		uint64_t drawn = health_draw_lifetime(&limits, random);

		shortest = drawn < shortest ? drawn : shortest;
		longest = drawn > longest ? drawn : longest;
		random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	}
	CU_ASSERT(shortest >= 900 * MS && shortest < 905 * MS);
	CU_ASSERT(longest <= 1000 * MS && longest > 995 * MS);
}

static void without_jitter_all_lifetimes_are_the_same(void)
{
	const struct health_limits limits = { .max_lifetime = 1000 * MS };

	CU_ASSERT_EQUAL(health_draw_lifetime(&limits, 0), 1000 * MS);
	CU_ASSERT_EQUAL(health_draw_lifetime(&limits, UINT64_MAX), 1000 * MS);
}

static void the_longest_lifetime_does_not_overflow(void)
{
	const struct health_limits limits = { .max_lifetime = INT32_MAX * MS,
					      .lifetime_jitter = 99 };

	CU_ASSERT_EQUAL(health_draw_lifetime(&limits, 0), INT32_MAX * MS);
	CU_ASSERT(health_draw_lifetime(&limits, UINT64_MAX) >= INT32_MAX * MS / 100);
}

static void the_first_ping_comes_within_an_interval(void)
{
	const struct health_limits limits = { .ping_interval = 1000 * MS };

	CU_ASSERT_EQUAL(health_draw_first_ping(&limits, 0), 1000 * MS);
	CU_ASSERT_EQUAL(health_draw_first_ping(&limits, 1000 * MS - 1), 1);
	CU_ASSERT_EQUAL(health_draw_first_ping(&limits, 1400 * MS), 600 * MS);
}

static void either_limit_is_one(void)
{
	CU_ASSERT_FALSE(health_is_limited(&(struct health_limits){ .lifetime_jitter = 10 }));
	CU_ASSERT(health_is_limited(&(struct health_limits){ .max_lifetime = 1 }));
	CU_ASSERT(health_is_limited(&(struct health_limits){ .max_uses = 1 }));
	CU_ASSERT(health_is_watched(&(struct health_limits){ .max_uses = 1 }));
	CU_ASSERT(health_is_watched(&(struct health_limits){ .validate_after = 1 }));
	CU_ASSERT_FALSE(health_is_watched(&(struct health_limits){ .ping_interval = 1 }));
}

SUITE(TEST(a_lifetime_is_the_pools_or_shorter_by_the_jitter_at_most),
      TEST(without_jitter_all_lifetimes_are_the_same), TEST(the_longest_lifetime_does_not_overflow),
      TEST(the_first_ping_comes_within_an_interval), TEST(either_limit_is_one))
