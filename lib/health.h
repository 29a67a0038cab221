/* SPDX-License-Identifier: MIT */
/* health.h: how long a worker may live, and how often it may be used. */
#ifndef POOLTOY_LIB_HEALTH_H
#define POOLTOY_LIB_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

/* A pool's limits; constant. A worker that is over one is replaced, but never in the middle of a lease. */
struct health_limits {
	uint64_t max_lifetime; /* ns; 0: any */
	unsigned
		lifetime_jitter; /* percent: each worker's own limit is that much earlier, at most */
	uint64_t max_uses;       /* leases and tasks; 0: any number */
};

static inline bool health_is_limited(const struct health_limits *limits)
{
	return limits->max_lifetime > 0 || limits->max_uses > 0;
}

/* One worker's own limit (ns), of the pool's: workers that come up together do not leave together. */
uint64_t health_draw_lifetime(const struct health_limits *limits, uint64_t random);

#endif
