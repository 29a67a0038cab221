/* SPDX-License-Identifier: MIT */
/* test_histogram.c: the bounds of buckets, adding from many threads, and what is told of it. */
#include "support/suite.h"
#include "histogram.h"
#include "metrics.h"

#include <pooltoy/metrics.h>
#include <pthread.h>
#include <string.h>

static void a_duration_is_in_the_bucket_whose_bound_is_the_first_not_below_it(void)
{
	CU_ASSERT_EQUAL(histogram_bucket(0), 0);
	for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS - 1; bucket++) {
		uint64_t bound = histogram_bound(bucket);

		CU_ASSERT_EQUAL(histogram_bucket(bound), bucket);
		CU_ASSERT_EQUAL(histogram_bucket(bound - 1), bucket);
		CU_ASSERT_EQUAL(histogram_bucket(bound + 1), bucket + 1);
	}
	CU_ASSERT_EQUAL(histogram_bucket(UINT64_MAX), HISTOGRAM_BUCKETS - 1);
	CU_ASSERT_EQUAL(histogram_bound(HISTOGRAM_BUCKETS - 1), UINT64_MAX);
	CU_ASSERT_EQUAL(histogram_bound(HISTOGRAM_BUCKETS), UINT64_MAX);
}

static void bounds_grow_by_an_eighth_at_most_from_64_ns_to_9_hours(void)
{
	const uint64_t hour = UINT64_C(3600) * 1000 * 1000 * 1000;

	CU_ASSERT_EQUAL(histogram_bound(0), 64);
	for (unsigned bucket = 1; bucket < HISTOGRAM_BUCKETS - 1; bucket++) {
		uint64_t before = histogram_bound(bucket - 1), bound = histogram_bound(bucket);

		CU_ASSERT(bound > before && bound - before <= before / 8);
	}
	CU_ASSERT(histogram_bound(HISTOGRAM_BUCKETS - 2) > 9 * hour);
}

/* What the public functions see of it. */
static struct pooltoy_histogram told(struct histogram *histogram)
{
	struct pooltoy_histogram told = POOLTOY_HISTOGRAM_INIT;

	for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
		told.buckets[bucket] = figure_load(&histogram->counts[bucket]);
		told.count += told.buckets[bucket];
	}
	told.sum_ns = figure_load(&histogram->sum);
	told.max_ns = figure_load(&histogram->max);
	return told;
}

static void a_quantile_is_too_long_by_an_eighth_at_most(void)
{
	static struct histogram histogram;
	struct pooltoy_histogram all;

	for (uint64_t us = 1; us <= 1000; us++)
		histogram_add(&histogram, us * 1000);
	all = told(&histogram);
	CU_ASSERT_EQUAL(all.count, 1000);
	CU_ASSERT_EQUAL(all.sum_ns, UINT64_C(500500) * 1000);
	for (int percent = 1; percent <= 100; percent++) {
		uint64_t exact = (uint64_t)percent * 10 * 1000;
		uint64_t quantile = pooltoy_histogram_quantile(&all, percent / 100.0);

		CU_ASSERT(quantile >= exact && quantile <= exact + exact / 8);
	}
	CU_ASSERT_EQUAL(pooltoy_histogram_quantile(&all, 1), 1000 * 1000);
	CU_ASSERT_EQUAL(pooltoy_histogram_quantile(&all, 0),
			pooltoy_histogram_bound((int)histogram_bucket(1000)));
}

static void a_quantile_of_nothing_is_none(void)
{
	struct pooltoy_histogram none = POOLTOY_HISTOGRAM_INIT;
	struct pooltoy_histogram one = {
		.struct_size = sizeof one, .count = 1, .max_ns = 7, .buckets = { 1 }
	};

	CU_ASSERT_EQUAL(pooltoy_histogram_quantile(&none, 0.5), 0);
	CU_ASSERT_EQUAL(pooltoy_histogram_quantile(NULL, 0.5), 0);
	CU_ASSERT_EQUAL(pooltoy_histogram_quantile(&one, 0.5), 7);
	CU_ASSERT_EQUAL(pooltoy_histogram_quantile(&one, -0.1), 0);
	CU_ASSERT_EQUAL(pooltoy_histogram_quantile(&one, 1.1), 0);
}

static void what_is_over_the_last_bound_is_counted_and_its_quantile_is_the_longest(void)
{
	static struct histogram histogram;
	struct pooltoy_histogram all;

	histogram_add(&histogram, UINT64_C(1) << 60);
	histogram_add(&histogram, 3);
	all = told(&histogram);
	CU_ASSERT_EQUAL(all.buckets[POOLTOY_HISTOGRAM_BUCKETS - 1], 1);
	CU_ASSERT_EQUAL(pooltoy_histogram_quantile(&all, 0.99), UINT64_C(1) << 60);
	CU_ASSERT_EQUAL(pooltoy_histogram_quantile(&all, 0.5), 64);
}

enum { THREADS = 4, ADDS = 300000 };

static pthread_barrier_t all_there;

static void *add_many(void *argument)
{
	struct histogram *histogram = argument;

	pthread_barrier_wait(&all_there);
	for (uint64_t i = 1; i <= ADDS; i++)
		histogram_add(histogram, i);
	return NULL;
}

static void adds_at_once_lose_nothing(void)
{
	static struct histogram histogram;
	struct pooltoy_histogram all;
	pthread_t threads[THREADS];

	CU_ASSERT_EQUAL_FATAL(pthread_barrier_init(&all_there, NULL, THREADS), 0);
	for (int i = 0; i < THREADS; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, add_many, &histogram), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&all_there);
	all = told(&histogram);
	CU_ASSERT_EQUAL(all.count, THREADS * ADDS);
	CU_ASSERT_EQUAL(all.sum_ns, (uint64_t)THREADS * ADDS * (ADDS + 1) / 2);
	CU_ASSERT_EQUAL(all.max_ns, ADDS);
}

/* Of those numbers from `first` on, `step` apart. */
static int sampled(uint64_t first, uint64_t step, int count)
{
	int found = 0;

	for (uint64_t number = first; count > 0; count--, number += step)
		found += metrics_samples(number);
	return found;
}

static void one_in_so_many_is_measured_whatever_rhythm_they_have(void)
{
	enum { MANY = 128 * 1000 };

	CU_ASSERT(metrics_samples(0));
	for (uint64_t step = 1; step <= 128; step++)
		for (uint64_t first = 0; first < step; first++) {
			int found = sampled(first, step, MANY);

			CU_ASSERT(found > MANY / METRICS_SAMPLED * 9 / 10 &&
				  found < MANY / METRICS_SAMPLED * 11 / 10);
		}
}

SUITE(TEST(a_duration_is_in_the_bucket_whose_bound_is_the_first_not_below_it),
      TEST(bounds_grow_by_an_eighth_at_most_from_64_ns_to_9_hours),
      TEST(a_quantile_is_too_long_by_an_eighth_at_most), TEST(a_quantile_of_nothing_is_none),
      TEST(what_is_over_the_last_bound_is_counted_and_its_quantile_is_the_longest),
      TEST(adds_at_once_lose_nothing), TEST(one_in_so_many_is_measured_whatever_rhythm_they_have))
