/* SPDX-License-Identifier: MIT */
/* ready.h: who waits until a pool's workers are up. */
#ifndef POOLTOY_LIB_READY_H
#define POOLTOY_LIB_READY_H

#include "parker.h"

struct pooltoy_pool;

enum { READY_PENDING = 1 };

/* On the stack of who waits. */
struct ready_waiter {
	struct parker *parker;
	unsigned workers;          /* how many are to be up; 0: as many as are kept */
	sync_atomic(int) outcome;  /* READY_PENDING; then 0, or why they never will be */
	struct ready_waiter *next; /* guarded by the list's lock */
};

/*
 * Who waits looks once it is in the list. What may end its wait later is told by who does it: a worker that has
 * come up sees that somebody waits, and has the manager look; and the manager itself changes, or follows, all
 * else: states of the pool, how many are kept. All these are sequentially consistent.
 */
struct ready {
	struct sync_mutex lock;
	struct ready_waiter *first;
	sync_atomic(unsigned) waiting;
};

/* 0 or an errno value. */
int ready_init(struct ready *ready);
void ready_destroy(struct ready *ready);

/* Enters the list, or takes itself off, if it is still there. */
void ready_enter(struct pooltoy_pool *pool, struct ready_waiter *waiter);
void ready_leave(struct pooltoy_pool *pool, struct ready_waiter *waiter);

/* Any thread: tells those whose wait is over, and takes them off. */
void ready_tell(struct pooltoy_pool *pool);

/* Whether somebody waits: then that is to be done. */
static inline bool ready_is_waited_for(struct ready *ready)
{
	return sync_load(&ready->waiting, seq_cst) > 0;
}

#endif
