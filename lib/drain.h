/* SPDX-License-Identifier: MIT */
/* drain.h: waiting until a pool that is paused has come to rest. */
#ifndef POOLTOY_LIB_DRAIN_H
#define POOLTOY_LIB_DRAIN_H

#include "pool.h"

/* One thread that waits; on its own stack. */
struct drainer {
	struct drainer *next;
	struct parker *parker;
};

/*
 * Who waits stands in a list under the checkout queue's lock, and looks at the pool after it has entered.
 * Whoever has brought the pool nearer to its rest takes that lock to wake who stands there: so either is
 * seen by the other.
 */
void drain_enter(struct pooltoy_pool *pool, struct drainer *drainer, struct parker *parker);
void drain_leave(struct pooltoy_pool *pool, struct drainer *drainer);

/* Any thread, with no lock held: after a worker has come free, or ended, or been given up. */
void drain_wake(struct pooltoy_pool *pool);

/*
 * How many workers are not at rest: leased, serving a task, resetting, or on their way out; but for those in
 * quarantine.
 */
unsigned drain_left(struct pooltoy_pool *pool);

#endif
