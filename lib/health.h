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
	uint64_t ping_interval;  /* ns; 0: never */
	uint64_t ping_timeout;   /* ns */
	uint64_t validate_after; /* ns that a worker may be idle, and used without a ping; 0: any */
};

static inline bool health_is_limited(const struct health_limits *limits)
{
	return limits->max_lifetime > 0 || limits->max_uses > 0;
}

/* Whether there is something to do as a worker is given back. */
static inline bool health_is_watched(const struct health_limits *limits)
{
	return health_is_limited(limits) || limits->validate_after > 0;
}

/* One worker's own limit (ns), of the pool's: workers that come up together do not leave together. */
uint64_t health_draw_lifetime(const struct health_limits *limits, uint64_t random);

/* After how long it is pinged first (ns), not later than the interval: for the same reason. */
uint64_t health_draw_first_ping(const struct health_limits *limits, uint64_t random);

#endif
