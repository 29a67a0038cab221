/* SPDX-License-Identifier: MIT */
/* test_restart_policy.c: deaths and delays in virtual time, at the edges of each limit. */
#include "support/suite.h"
#include "restart_policy.h"
#include "support/faults.h"
#include "unit/random.h"

#include <stddef.h>

#define MS UINT64_C(1000000)
#define S  (1000 * MS)

static const uint64_t NO_JITTER = 0;

/* Backoff. */

static void delays_double_up_to_the_maximum(void)
{
	static const uint64_t delays[] = { 100, 200, 400, 800, 1600, 3200, 6400, 10000, 10000 };
	struct backoff backoff;
	uint64_t now = 7 * S;
	unsigned i;

	backoff_init(&backoff, 100 * MS, 10000 * MS);
	for (i = 0; i < sizeof delays / sizeof delays[0]; i++) {
		CU_ASSERT_EQUAL(backoff_fail(&backoff, now, NO_JITTER), delays[i] * MS);
		now += delays[i] * MS;
	}
}

static void a_backoff_that_is_reset_begins_anew(void)
{
	struct backoff backoff;

	backoff_init(&backoff, 100, 10000);
	CU_ASSERT_EQUAL(backoff_fail(&backoff, 0, NO_JITTER), 100);
	CU_ASSERT_EQUAL(backoff_fail(&backoff, 0, NO_JITTER), 200);
	backoff_reset(&backoff);
	CU_ASSERT_EQUAL(backoff_fail(&backoff, 0, NO_JITTER), 100);
	CU_ASSERT_EQUAL(backoff_fail(&backoff, 0, NO_JITTER), 200);
}

static void a_failure_exactly_the_maximum_after_its_delay_is_still_in_the_row(void)
{
	struct backoff backoff;

	backoff_init(&backoff, 100, 1000);
	CU_ASSERT_EQUAL(backoff_fail(&backoff, 50, NO_JITTER), 100);
	CU_ASSERT_EQUAL(backoff_fail(&backoff, 50 + 100 + 1000, NO_JITTER), 200);
	/* One later, it begins a new one. */
	CU_ASSERT_EQUAL(backoff_fail(&backoff, 50 + 100 + 1000 + 200 + 1000 + 1, NO_JITTER), 100);
}

static void jitter_takes_at_most_half_of_the_delay(void)
{
	static const uint64_t whole[] = { 100, 200, 400, 800, 1000, 1000 };
	uint64_t least[6], most[6] = { 0 }, seed = 7;
	unsigned i, round;

	for (i = 0; i < 6; i++)
		least[i] = UINT64_MAX;
	for (round = 0; round < 20000; round++) {
		struct backoff backoff;

		backoff_init(&backoff, 100, 1000);
		for (i = 0; i < 6; i++) {
			uint64_t delay = backoff_fail(&backoff, 0, random_next(&seed));

			least[i] = delay < least[i] ? delay : least[i];
			most[i] = delay > most[i] ? delay : most[i];
		}
	}
	for (i = 0; i < 6; i++) {
		CU_ASSERT_EQUAL(least[i], whole[i] / 2);
		CU_ASSERT_EQUAL(most[i], whole[i]);
	}
}

static void the_row_goes_on_from_the_end_of_the_delay_that_jitter_left(void)
{
	struct backoff backoff;

	backoff_init(&backoff, 100, 1000);
	CU_ASSERT_EQUAL(backoff_fail(&backoff, 0, 50), 50);
	CU_ASSERT_EQUAL(backoff.until, 50);
	CU_ASSERT_EQUAL(backoff_fail(&backoff, 50 + 1000 + 1, NO_JITTER), 100);
}

static void a_maximum_below_the_minimum_is_the_minimum(void)
{
	struct backoff backoff;

	backoff_init(&backoff, 500, 100);
	CU_ASSERT_EQUAL(backoff_fail(&backoff, 0, NO_JITTER), 500);
	CU_ASSERT_EQUAL(backoff_fail(&backoff, 0, NO_JITTER), 500);
}

static void no_delay_stays_none_and_costs_no_more_with_each_failure(void)
{
	struct backoff backoff;
	unsigned i;

	backoff_init(&backoff, 0, 10 * S);
	for (i = 0; i < 1000000; i++) /* minutes, if each cost a step for each failure before */
		CU_ASSERT_EQUAL(backoff_fail(&backoff, 0, UINT64_MAX), 0);
}

static void huge_delays_do_not_overflow(void)
{
	struct backoff backoff;
	uint64_t delay = 0;
	unsigned i;

	/* Doubling: 3, 6, ... up to a maximum beyond half of all numbers. */
	backoff_init(&backoff, 3, UINT64_MAX - 1);
	for (i = 0; i < 100; i++) {
		uint64_t next = backoff_fail(&backoff, 0, NO_JITTER);

		CU_ASSERT(next >= delay);
		delay = next;
	}
	CU_ASSERT_EQUAL(delay, UINT64_MAX - 1);
	/* Sums: the end of the delay, and that of the row, lie beyond the end of time. */
	backoff_init(&backoff, UINT64_MAX / 2, UINT64_MAX);
	CU_ASSERT_EQUAL(backoff_fail(&backoff, UINT64_MAX - 10, NO_JITTER), UINT64_MAX / 2);
	CU_ASSERT_EQUAL(backoff_fail(&backoff, UINT64_MAX - 5, NO_JITTER), UINT64_MAX - 1);
	CU_ASSERT_EQUAL(backoff_fail(&backoff, UINT64_MAX - 5, NO_JITTER), UINT64_MAX);
}

/* Restart intensity. */

enum { NOW = RESTART_NOW, BACKOFF = RESTART_AFTER_BACKOFF, NEVER = RESTART_NEVER };

static void policy_open(struct restart_policy *policy, unsigned intensity, uint64_t period,
			uint64_t give_up_after)
{
	struct backoff backoff;

	backoff_init(&backoff, 100 * MS, 10 * S);
	CU_ASSERT_FATAL(restart_policy_init(policy, intensity, period, &backoff, give_up_after));
}

struct death {
	uint64_t at;
	int verdict;
	uint64_t delay; /* of a backoff */
};

#define EACH(deaths) deaths, sizeof(deaths) / sizeof((deaths)[0])

static void die(struct restart_policy *policy, const struct death *deaths, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		uint64_t delay = 0;

		CU_ASSERT_EQUAL(restart_policy_death(policy, deaths[i].at, NO_JITTER, &delay),
				(enum restart_verdict)deaths[i].verdict);
		CU_ASSERT_EQUAL(delay, deaths[i].delay);
	}
}

static void as_many_deaths_as_the_intensity_are_restarted_at_once_one_more_is_not(void)
{
	static const struct death deaths[] = { { 1 * S, NOW, 0 },
					       { 1 * S, NOW, 0 },
					       { 1 * S, NOW, 0 },
					       { 1 * S, BACKOFF, 100 * MS } };
	struct restart_policy policy;

	policy_open(&policy, 3, 5 * S, 60 * S);
	die(&policy, EACH(deaths));
	restart_policy_destroy(&policy);
}

static void four_deaths_exactly_a_period_apart_count_together(void)
{
	static const struct death deaths[] = { { 1 * S, NOW, 0 },
					       { 2 * S, NOW, 0 },
					       { 3 * S, NOW, 0 },
					       { 6 * S, BACKOFF, 100 * MS } };
	struct restart_policy policy;

	policy_open(&policy, 3, 5 * S, 60 * S);
	die(&policy, EACH(deaths));
	restart_policy_destroy(&policy);
}

static void four_deaths_a_nanosecond_further_apart_do_not(void)
{
	static const struct death deaths[] = { { 1 * S, NOW, 0 },
					       { 2 * S, NOW, 0 },
					       { 3 * S, NOW, 0 },
					       { 6 * S + 1, NOW, 0 },
					       { 7 * S, BACKOFF, 100 * MS } }; /* from 2 s on */
	struct restart_policy policy;

	policy_open(&policy, 3, 5 * S, 60 * S);
	die(&policy, EACH(deaths));
	restart_policy_destroy(&policy);
}

static void a_pool_that_dies_seldom_is_restarted_forever(void)
{
	struct restart_policy policy;
	uint64_t delay = 0;
	unsigned i;

	policy_open(&policy, 1, 5 * S, 60 * S);
	for (i = 0; i < 10000; i++)
		CU_ASSERT_EQUAL(restart_policy_death(&policy, i * (5 * S + 1), NO_JITTER, &delay),
				RESTART_NOW);
	restart_policy_destroy(&policy);
}

static void without_intensity_the_first_death_already_is_one_too_many(void)
{
	static const struct death deaths[] = { { 1 * S, BACKOFF, 100 * MS },
					       { 2 * S, BACKOFF, 200 * MS } };
	struct restart_policy policy;

	policy_open(&policy, 0, 5 * S, 60 * S);
	die(&policy, EACH(deaths));
	restart_policy_destroy(&policy);
}

static void without_a_period_only_deaths_of_one_moment_count_together(void)
{
	static const struct death deaths[] = {
		{ 1, NOW, 0 }, { 2, NOW, 0 }, { 3, NOW, 0 }, { 3, BACKOFF, 100 * MS }
	};
	struct restart_policy policy;

	policy_open(&policy, 1, 0, 60 * S);
	die(&policy, EACH(deaths));
	restart_policy_destroy(&policy);
}

/* The first death too many at 1 s; its backoff ends at 1.1 s. */
static void get_into_trouble(struct restart_policy *policy)
{
	static const struct death deaths[] = { { 1 * S, NOW, 0 }, { 1 * S, BACKOFF, 100 * MS } };

	die(policy, EACH(deaths));
}

static void each_death_within_a_period_after_the_backoff_means_a_longer_one(void)
{
	static const struct death deaths[] = {
		{ 1100 * MS, BACKOFF, 200 * MS },              /* at its very end */
		{ 1300 * MS + 5 * S, BACKOFF, 400 * MS },      /* a period after */
		{ 1700 * MS + 10 * S, BACKOFF, 800 * MS },     /* and again */
		{ 2500 * MS + 10 * S + 1, BACKOFF, 1600 * MS } /* just after its end */
	};
	struct restart_policy policy;

	policy_open(&policy, 1, 5 * S, 60 * S);
	get_into_trouble(&policy);
	die(&policy, EACH(deaths));
	restart_policy_destroy(&policy);
}

static void a_row_of_backoffs_is_forgotten_after_a_period_without_a_death(void)
{
	static const struct death deaths[] = { { 1100 * MS + 5 * S + 1, NOW,
						 0 }, /* and the old deaths are out of the window */
					       { 1100 * MS + 5 * S + 2, BACKOFF, 100 * MS } };
	struct restart_policy policy;

	policy_open(&policy, 1, 5 * S, 60 * S);
	get_into_trouble(&policy);
	die(&policy, EACH(deaths));
	CU_ASSERT_EQUAL(policy.since, 1100 * MS + 5 * S + 2);
	restart_policy_destroy(&policy);
}

/* The period decides how long a row lasts, though the longest backoff is shorter. */
static void the_row_lasts_for_a_period_however_short_the_backoffs_are(void)
{
	static const struct death deaths[] = { { 1 * S, NOW, 0 },
					       { 1 * S, BACKOFF, 100 * MS },
					       { 1100 * MS + 3 * S, BACKOFF, 200 * MS },
					       { 1300 * MS + 6 * S, BACKOFF, 400 * MS } };
	struct restart_policy policy;
	struct backoff backoff;

	backoff_init(&backoff, 100 * MS, 1 * S);
	CU_ASSERT_FATAL(restart_policy_init(&policy, 1, 5 * S, &backoff, 60 * S));
	die(&policy, EACH(deaths));
	restart_policy_destroy(&policy);
}

static void the_pool_is_given_up_at_the_limit_and_not_a_nanosecond_before(void)
{
	static const struct death before[] = { { 5 * S, BACKOFF, 200 * MS },
					       { 10 * S - 1, BACKOFF, 400 * MS } };
	static const struct death at[] = { { 5 * S, BACKOFF, 200 * MS }, { 10 * S, NEVER, 0 } };
	static const struct death over[] = { { 5 * S, BACKOFF, 200 * MS },
					     { 10 * S + 1, NEVER, 0 } };
	struct restart_policy policy;

	policy_open(&policy, 1, 5 * S, 9 * S); /* from 1 s on */
	get_into_trouble(&policy);
	die(&policy, EACH(before));
	restart_policy_reset(&policy);
	get_into_trouble(&policy);
	die(&policy, EACH(at));
	restart_policy_reset(&policy);
	get_into_trouble(&policy);
	die(&policy, EACH(over));
	restart_policy_destroy(&policy);
}

static void with_nothing_to_wait_for_the_first_death_too_many_is_the_end(void)
{
	static const struct death deaths[] = { { 1 * S, NOW, 0 }, { 2 * S, NEVER, 0 } };
	struct restart_policy policy;

	policy_open(&policy, 1, 5 * S, 0);
	die(&policy, EACH(deaths));
	restart_policy_destroy(&policy);
}

static void a_revived_pool_has_a_clean_history(void)
{
	static const struct death end[] = { { 5 * S, BACKOFF, 200 * MS }, { 10 * S, NEVER, 0 } };
	static const struct death anew[] = { { 10 * S, NOW, 0 },
					     { 10 * S, NOW, 0 },
					     { 10 * S, BACKOFF, 100 * MS },
					     { 11 * S, BACKOFF, 200 * MS } };
	struct restart_policy policy;

	policy_open(&policy, 2, 5 * S, 9 * S);
	die(&policy, EACH(((const struct death[]){ { 1 * S, NOW, 0 } })));
	get_into_trouble(&policy);
	die(&policy, EACH(end));
	restart_policy_reset(&policy);
	die(&policy, EACH(anew));
	restart_policy_destroy(&policy);
}

static void huge_periods_do_not_overflow(void)
{
	static const struct death deaths[] = { { 1 * S, NOW, 0 },
					       { 2 * S, BACKOFF, 100 * MS },
					       { 1000000 * S, BACKOFF, 200 * MS } };
	struct restart_policy policy;

	policy_open(&policy, 1, UINT64_MAX, UINT64_MAX);
	die(&policy, EACH(deaths));
	restart_policy_destroy(&policy);
}

/* Beside the plainest way to count: all deaths in an array, looked through each time. */
static void it_counts_as_a_list_of_all_deaths_does(void)
{
	enum { DEATHS = 20000, INTENSITY = 5, PERIOD = 100 };
	static uint64_t deaths[DEATHS];
	struct restart_policy policy;
	unsigned i, j, excess = 0;
	uint64_t seed = 8, now = 0, delay;

	policy_open(&policy, INTENSITY, PERIOD, UINT64_MAX);
	for (i = 0; i < DEATHS; i++) {
		unsigned within = 0;
		enum restart_verdict verdict;

		now += random_below(&seed, 40);
		deaths[i] = now;
		for (j = i + 1; j-- > 0 && now - deaths[j] <= PERIOD;)
			within++;
		policy.in_trouble = false; /* of the window alone */
		verdict = restart_policy_death(&policy, now, NO_JITTER, &delay);
		CU_ASSERT_EQUAL(verdict, within > INTENSITY ? RESTART_AFTER_BACKOFF : RESTART_NOW);
		excess += within > INTENSITY;
	}
	CU_ASSERT(excess > DEATHS / 10 && excess < DEATHS * 9 / 10);
	restart_policy_destroy(&policy);
}

static void without_memory_there_is_no_policy(void)
{
	struct restart_policy policy;
	struct backoff backoff;

	backoff_init(&backoff, 1, 2);
	faults_begin(FAULTS_MEMORY, 0, 1);
	CU_ASSERT_FALSE(restart_policy_init(&policy, 3, 5, &backoff, 6));
	CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 1);
}

SUITE(TEST(delays_double_up_to_the_maximum), TEST(a_backoff_that_is_reset_begins_anew),
      TEST(a_failure_exactly_the_maximum_after_its_delay_is_still_in_the_row),
      TEST(jitter_takes_at_most_half_of_the_delay),
      TEST(the_row_goes_on_from_the_end_of_the_delay_that_jitter_left),
      TEST(a_maximum_below_the_minimum_is_the_minimum),
      TEST(no_delay_stays_none_and_costs_no_more_with_each_failure),
      TEST(huge_delays_do_not_overflow),
      TEST(as_many_deaths_as_the_intensity_are_restarted_at_once_one_more_is_not),
      TEST(four_deaths_exactly_a_period_apart_count_together),
      TEST(four_deaths_a_nanosecond_further_apart_do_not),
      TEST(a_pool_that_dies_seldom_is_restarted_forever),
      TEST(without_intensity_the_first_death_already_is_one_too_many),
      TEST(without_a_period_only_deaths_of_one_moment_count_together),
      TEST(each_death_within_a_period_after_the_backoff_means_a_longer_one),
      TEST(a_row_of_backoffs_is_forgotten_after_a_period_without_a_death),
      TEST(the_row_lasts_for_a_period_however_short_the_backoffs_are),
      TEST(the_pool_is_given_up_at_the_limit_and_not_a_nanosecond_before),
      TEST(with_nothing_to_wait_for_the_first_death_too_many_is_the_end),
      TEST(a_revived_pool_has_a_clean_history), TEST(huge_periods_do_not_overflow),
      TEST(it_counts_as_a_list_of_all_deaths_does), TEST(without_memory_there_is_no_policy))
