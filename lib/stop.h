/* SPDX-License-Identifier: MIT */
/* stop.h: the two halves of the stop of a pool. */
#ifndef POOLTOY_LIB_STOP_H
#define POOLTOY_LIB_STOP_H

#include "supervisor.h"

/*
 * Closes the pool and has its manager end all workers, who are interrupted at `deadline`. Does not
 * block. False: another has begun.
 */
bool stop_begin(struct pooltoy_pool *pool, uint64_t deadline);

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
