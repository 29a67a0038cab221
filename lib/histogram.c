/* SPDX-License-Identifier: MIT */
/* histogram.c: buckets, and adding to them. */
#include "histogram.h"

enum { PARTS = 1 << HISTOGRAM_PARTS_SHIFT };

/* So that bounds are round numbers, a bucket has its upper bound, and not its lower one. */
unsigned histogram_bucket(uint64_t duration)
{
	uint64_t below = duration - 1;
	unsigned shift, part;

	if (duration <= UINT64_C(1) << HISTOGRAM_FIRST_SHIFT)
		return 0;
	if (duration > UINT64_C(1) << HISTOGRAM_LAST_SHIFT)
		return HISTOGRAM_BUCKETS - 1;
	shift = 63 - (unsigned)__builtin_clzll(below);
	part = (unsigned)(below >> (shift - HISTOGRAM_PARTS_SHIFT)) - PARTS;
	return ((shift - HISTOGRAM_FIRST_SHIFT) << HISTOGRAM_PARTS_SHIFT) + part + 1;
}

uint64_t histogram_bound(unsigned bucket)
{
	unsigned shift = (bucket >> HISTOGRAM_PARTS_SHIFT) + HISTOGRAM_FIRST_SHIFT;
	unsigned part = bucket & (PARTS - 1);

	if (bucket >= HISTOGRAM_BUCKETS - 1)
		return UINT64_MAX;
	return (uint64_t)(PARTS + part) << (shift - HISTOGRAM_PARTS_SHIFT);
}

static void raise_max(struct histogram *histogram, uint64_t duration)
{
	uint64_t max = figure_load(&histogram->max);

	while (duration > max && !sync_cas(&histogram->max, &max, duration, relaxed))
		;
}

void histogram_add(struct histogram *histogram, uint64_t duration)
{
	figure_add_shared(&histogram->counts[histogram_bucket(duration)], 1);
	figure_add_shared(&histogram->sum, duration);
	raise_max(histogram, duration);
}
