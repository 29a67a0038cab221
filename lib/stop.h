/* SPDX-License-Identifier: MIT */
/* stop.h: the two halves of the stop of a pool. */
#ifndef POOLTOY_LIB_STOP_H
#define POOLTOY_LIB_STOP_H

#include "supervisor.h"

/* When a stop with that timeout interrupts; and the error, with its message, for one that comes too late. */
uint64_t stop_deadline(const struct pooltoy_pool *pool, int timeout_ms);
int stop_is_done(const struct pooltoy_pool *pool);

/*
 * Closes the pool and has its manager end all workers, who are interrupted at `deadline`. Does not
 * block. False: another has begun.
 */
bool stop_begin(struct pooltoy_pool *pool, uint64_t deadline);

/*
 * The same, once what has begun in the pool has ended, and the tasks that wait; or at the deadline, whatever has
 * not. Blocks until then.
 */
bool stop_drain(struct pooltoy_pool *pool, struct parker *parker, uint64_t deadline);

/*
 * By who has begun it: waits until it is settled, and sees to the rest. 0, POOLTOY_EQUARANTINED,
 * POOLTOY_ESTOPPED (it never started).
 */
int stop_finish(struct pooltoy_pool *pool, struct parker *parker);

/*
 * Stops all pools of a supervisor by the deadline: one after the other, the last one started first;
 * when the time is over, all that are left at once. How many threads remain in user code.
 */
unsigned stop_all(struct pooltoy_supervisor *supervisor, struct parker *parker, uint64_t deadline);

#endif
