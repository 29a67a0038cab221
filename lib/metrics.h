/* SPDX-License-Identifier: MIT */
/* metrics.h: what is measured of a pool, all the time: how long it takes. */
#ifndef POOLTOY_LIB_METRICS_H
#define POOLTOY_LIB_METRICS_H

#include "histogram.h"

/*
 * A pool's own, from its start to its end, whatever becomes of its instances.
 *
 * A wait or a start takes so much longer than a look at the clock that all of them are measured. A lease or a call may
 * not: one in METRICS_SAMPLED is. Which these are nobody draws or remembers: a lease's generation tells, for a call its
 * number among its worker's. A slot's first lease is one.
 */
struct metrics {
	struct histogram wait, hold, call, start;
};

#ifndef METRICS_SAMPLED
#define METRICS_SAMPLED 128 /* 0 in the build that the benchmark compares with: none */
#endif

/*
 * Whether the one of that number is measured. By multiples of the golden ratio (Fibonacci hashing, Knuth), which fall
 * evenly into any range, and so do those of each second, third... number: a client whose every other lease is a short
 * one is measured at both kinds alike.
 */
static inline bool metrics_samples(uint64_t number)
{
#if METRICS_SAMPLED > 0
	return (uint32_t)number * UINT32_C(0x9e3779b9) < (UINT64_C(1) << 32) / METRICS_SAMPLED;
#else
	(void)number;
	return false;
#endif
}

/* Since when a lease of that generation, which begins now, is held: to the clock tick, if it is not measured. */
static inline uint64_t metrics_now(uint64_t generation)
{
	return metrics_samples(generation) ? sync_now() : sync_now_coarse();
}

#endif
