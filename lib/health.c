/* SPDX-License-Identifier: MIT */
/* health.c: a worker's own limits. */
#include "health.h"

uint64_t health_draw_lifetime(const struct health_limits *limits, uint64_t random)
{
	uint64_t span = limits->max_lifetime / 100 * limits->lifetime_jitter;

	return limits->max_lifetime - random % (span + 1);
}

uint64_t health_draw_first_ping(const struct health_limits *limits, uint64_t random)
{
	return limits->ping_interval - random % limits->ping_interval;
}
