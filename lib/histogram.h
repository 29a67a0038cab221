/* SPDX-License-Identifier: MIT */
/* histogram.h: how long something took, each time: counts by size. */
#ifndef POOLTOY_LIB_HISTOGRAM_H
#define POOLTOY_LIB_HISTOGRAM_H

#include "sync.h"

/*
 * Buckets of durations in ns, in the manner of HDR histograms: each octave in eight of the same width, so that a
 * bucket's bound is over what lies in it by an eighth at most. The first takes all up to 64 ns, the last all over
 * 2^45 ns, which is 9.8 hours.
 *
 * Any thread may add at any time, and read: no lock, and no add is lost. Who reads meanwhile may see one in the
 * buckets that is not in the sum yet. What is added to most often is sampled (metrics.h), or comes after a lock of
 * its pool's anyhow: the lines of a histogram are not fought for.
 */
enum {
	HISTOGRAM_PARTS_SHIFT = 3, /* of an octave */
	HISTOGRAM_FIRST_SHIFT = 6,
	HISTOGRAM_LAST_SHIFT = 45,
	HISTOGRAM_BUCKETS =
		((HISTOGRAM_LAST_SHIFT - HISTOGRAM_FIRST_SHIFT) << HISTOGRAM_PARTS_SHIFT) + 2
};

struct histogram {
	sync_atomic(uint64_t) sum, max; /* ns */
	sync_atomic(uint64_t) counts[HISTOGRAM_BUCKETS];
};

/* Where that belongs. */
unsigned histogram_bucket(uint64_t duration);

/* The longest that belongs there; UINT64_MAX for the last. */
uint64_t histogram_bound(unsigned bucket);

void histogram_add(struct histogram *histogram, uint64_t duration);

#endif
