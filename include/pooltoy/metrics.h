/* SPDX-License-Identifier: MIT */
/* pooltoy/metrics.h: how long it takes: waits, leases, calls and starts of a pool. */
#ifndef POOLTOY_METRICS_H
#define POOLTOY_METRICS_H

#include <stddef.h>
#include <stdint.h>
#include <pooltoy/error.h>
#include <pooltoy/pool.h>

POOLTOY_BEGIN_DECLS

/*
 * What is measured of each pool, always, over all of its instances. A checkout or checkin is slowed down by no more
 * than 5 % (doc/performance.md).
 */
enum pooltoy_duration {
	/* Checkouts that had to wait, whatever they waited for came to: all of them. Those that found a worker idle
	 * are in `checkouts` of the pool's status, which this, or `waits`, is to be held against. */
	POOLTOY_DURATION_WAIT = 1,
	/* Leases, from checkout to checkin; of those that were checked in: one in 128. */
	POOLTOY_DURATION_HOLD,
	/* Calls, from the request to the answer, or until the caller gave up: one in 128. */
	POOLTOY_DURATION_CALL,
	/* Starts of workers, `init` included, that went well: all of them. */
	POOLTOY_DURATION_START
};

/* "wait", "hold", "call", "start"; "unknown" for anything else. Any thread, any callback. */
POOLTOY_API const char *pooltoy_duration_name(enum pooltoy_duration duration);

#define POOLTOY_HISTOGRAM_BUCKETS 314

/*
 * How many took how long. A bucket has those that took longer than the bound of the bucket before, and no longer than
 * its own: an eighth longer at most, from 64 ns to 9.8 hours. The first takes all that is shorter, the last all that is
 * longer.
 */
struct pooltoy_histogram {
	size_t struct_size; /* set by POOLTOY_HISTOGRAM_INIT */
	int sampled;        /* one in so many is measured, and counted here */
	uint64_t count;     /* of all buckets */
	uint64_t sum_ns, max_ns;
	uint64_t buckets[POOLTOY_HISTOGRAM_BUCKETS];
};
#define POOLTOY_HISTOGRAM_INIT \
	{ \
		sizeof(struct pooltoy_histogram), 0, 0, 0, 0, \
		{ \
			0 \
		} \
	}

/*
 * Fills in *histogram, which was set to POOLTOY_HISTOGRAM_INIT: since the start of the pool. Counts are taken one by
 * one while the pool runs: none is lost, but the last ones may not be in the sum yet.
 *
 * Threads: any, and in any callback. Takes no lock.
 *
 * Errors:
 *  - POOLTOY_EINVAL
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_pool_histogram(struct pooltoy_pool *pool, enum pooltoy_duration duration,
				       struct pooltoy_histogram *histogram);

/* The longest that a bucket has, in ns; UINT64_MAX for the last, and for what is none. Any thread, any callback. */
POOLTOY_API uint64_t pooltoy_histogram_bound(int bucket);

/*
 * So many ns none of that share of the durations was over: 0.99 for the 99th percentile, 1 for the longest. That is
 * the bound of a bucket, or max_ns if that is less: too long by an eighth at most. 0 if there are none, or the share
 * is not between 0 and 1.
 *
 * Threads: any, and in any callback. Does not block.
 */
POOLTOY_API uint64_t pooltoy_histogram_quantile(const struct pooltoy_histogram *histogram,
						double share);

POOLTOY_END_DECLS

#endif
