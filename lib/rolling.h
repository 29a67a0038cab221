/* SPDX-License-Identifier: MIT */
/* rolling.h: replacing all workers of a pool, a few at a time. */
#ifndef POOLTOY_LIB_ROLLING_H
#define POOLTOY_LIB_ROLLING_H

#include "sync.h"

struct pooltoy_pool;

/* The manager's own, but for what is said; it lives in the pool, so that the next manager goes on with it. */
struct rolling {
	sync_atomic(unsigned) requests; /* anybody's; written after `at_once` */
	sync_atomic(unsigned) at_once;
	unsigned seen; /* of the requests */
	bool under_way;
	uint64_t since;
	sync_atomic(unsigned) left; /* workers yet to be replaced: a figure, for others */
};

/* Any thread: all workers that are there are to be replaced, by so many at once. */
void rolling_request(struct pooltoy_pool *pool, unsigned at_once);

/*
 * By the manager whenever it is awake: has workers go whose turn it is. When to look again.
 *
 * A worker whose turn it is is withheld: it ends as it is idle, never in a lease. It is the turn of so many that no
 * more than `at_once` are on their way, or missing: so a successor that does not come up stops it all.
 */
uint64_t rolling_step(struct pooltoy_pool *pool, uint64_t now);

#endif
