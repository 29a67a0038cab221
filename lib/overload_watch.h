/* SPDX-License-Identifier: MIT */
/* overload_watch.h: a manager's eye on a queue with bounds, and what it tells of it. */
#ifndef POOLTOY_LIB_OVERLOAD_WATCH_H
#define POOLTOY_LIB_OVERLOAD_WATCH_H

#include "sync.h"

struct pooltoy_pool;

/* The manager's own, but it lives in the pool, so that the next manager goes on with it. */
struct overload_watch {
	uint64_t at;            /* the next look; 0: nobody waits */
	uint64_t since;         /* of the overload that was told */
	uint64_t refused;       /* at the last look */
	sync_atomic(bool) told; /* that it is overloaded: a figure, for others */
};

/* By the manager whenever it is awake: looks if it is time to, and tells what has changed. When to look again. */
uint64_t overload_watch(struct pooltoy_pool *pool, uint64_t now);

/* By who waits, or was refused: has the manager look, if the queue is bounded. */
void overload_watch_call(struct pooltoy_pool *pool, bool refused);

/* Why a checkout is answered with POOLTOY_EQUEUEFULL or POOLTOY_EOVERLOAD, in words. */
void overload_describe(struct pooltoy_pool *pool, int code, char *text, size_t size);

#endif
