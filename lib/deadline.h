/* SPDX-License-Identifier: MIT */
/* deadline.h: timeouts in milliseconds, as the API has them, to absolute monotonic nanoseconds and
 * back. */
#ifndef POOLTOY_LIB_DEADLINE_H
#define POOLTOY_LIB_DEADLINE_H

#include "sync.h"

#include <limits.h>

#define NS_PER_MS 1000000u
#define NS_PER_US 1000u

static inline uint64_t deadline_from_timeout(int timeout_ms)
{
	if (timeout_ms < 0)
		return SYNC_NEVER;
	return sync_now() + (uint64_t)timeout_ms * NS_PER_MS;
}

/* Milliseconds left, rounded up, so that who waits for so long does not come too early; -1:
 * forever. */
static inline int deadline_to_timeout(uint64_t deadline)
{
	uint64_t now, ms;

	if (deadline == SYNC_NEVER)
		return -1;
	now = sync_now();
	if (deadline <= now)
		return 0;
	ms = (deadline - now + NS_PER_MS - 1) / NS_PER_MS;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

#endif
