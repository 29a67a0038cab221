/* SPDX-License-Identifier: MIT */
/* lease_watch.h: a manager's eye on leases that are held for too long. */
#ifndef POOLTOY_LIB_LEASE_WATCH_H
#define POOLTOY_LIB_LEASE_WATCH_H

#include "sync.h"

struct pooltoy_pool;

/* The manager's own, but it lives in the pool, so that the next manager goes on with it. */
struct lease_watch {
	uint64_t at;                              /* the next look; 0: none so far */
	sync_atomic(uint64_t) overdue, reclaimed; /* leases; figures, for others */
};

/*
 * By the manager whenever it is awake: if it is time to, tells of leases that are over their limit, and takes them back
 * if that is wanted. When to look again: no lease tells the manager that it begins, so that is never later than a
 * limit from now; a pool without a limit is not looked at.
 */
uint64_t lease_watch(struct pooltoy_pool *pool, uint64_t now);

#endif
