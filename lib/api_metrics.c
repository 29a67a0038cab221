/* SPDX-License-Identifier: MIT */
/* api_metrics.c: what is measured of a pool, for who asks. */
#include "error.h"
#include "pool.h"

#include <pooltoy/metrics.h>
#include <string.h>

_Static_assert(POOLTOY_HISTOGRAM_BUCKETS == (int)HISTOGRAM_BUCKETS, "the public buckets are these");

static const char *const names[] = { [POOLTOY_DURATION_WAIT] = "wait",
				     [POOLTOY_DURATION_HOLD] = "hold",
				     [POOLTOY_DURATION_CALL] = "call",
				     [POOLTOY_DURATION_START] = "start" };

static bool is_duration(enum pooltoy_duration duration)
{
	return duration >= POOLTOY_DURATION_WAIT && duration <= POOLTOY_DURATION_START;
}

const char *pooltoy_duration_name(enum pooltoy_duration duration)
{
	return is_duration(duration) ? names[duration] : "unknown";
}

static struct histogram *find(struct metrics *metrics, enum pooltoy_duration duration)
{
	switch (duration) {
	case POOLTOY_DURATION_WAIT:
		return &metrics->wait;
	case POOLTOY_DURATION_HOLD:
		return &metrics->hold;
	case POOLTOY_DURATION_CALL:
		return &metrics->call;
	default:
		return &metrics->start;
	}
}

static bool is_sampled(enum pooltoy_duration duration)
{
	return duration == POOLTOY_DURATION_HOLD || duration == POOLTOY_DURATION_CALL;
}

static void fill(struct histogram *from, struct pooltoy_histogram *histogram)
{
	unsigned bucket;

	for (bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
		histogram->buckets[bucket] = figure_load(&from->counts[bucket]);
		histogram->count += histogram->buckets[bucket];
	}
	histogram->sum_ns = figure_load(&from->sum);
	histogram->max_ns = figure_load(&from->max);
}

int pooltoy_pool_histogram(struct pooltoy_pool *pool, enum pooltoy_duration duration,
			   struct pooltoy_histogram *histogram)
{
	struct pooltoy_histogram now = { .struct_size = sizeof now };
	size_t size;
	int code;

	if (!pool || !histogram || histogram->struct_size < sizeof histogram->struct_size ||
	    !is_duration(duration))
		return error_set(POOLTOY_EINVAL, "histogram: %s",
				 !pool        ? "pool is NULL"
				 : !histogram ? "histogram is NULL"
				 : !is_duration(duration)
					 ? "no such duration"
					 : "struct_size is not set: use the macro");
	code = pool_check_fork(pool);
	if (code)
		return code;
	now.sampled = is_sampled(duration) ? METRICS_SAMPLED : 1;
	fill(find(&pool->metrics, duration), &now);
	/* As much as the caller's header has; what that has beyond ours is left alone. */
	size = histogram->struct_size;
	memcpy(histogram, &now, size < sizeof now ? size : sizeof now);
	histogram->struct_size = size;
	return POOLTOY_OK;
}

uint64_t pooltoy_histogram_bound(int bucket)
{
	return bucket >= 0 ? histogram_bound((unsigned)bucket) : UINT64_MAX;
}

uint64_t pooltoy_histogram_quantile(const struct pooltoy_histogram *histogram, double share)
{
	uint64_t below = 0, bound;
	unsigned bucket;

	if (!histogram || histogram->count == 0 || !(share >= 0 && share <= 1))
		return 0;
	for (bucket = 0; bucket < HISTOGRAM_BUCKETS - 1; bucket++) {
		below += histogram->buckets[bucket];
		if (below > 0 && (double)below >= share * (double)histogram->count)
			break;
	}
	bound = histogram_bound(bucket);
	return bound < histogram->max_ns ? bound : histogram->max_ns;
}
