/* SPDX-License-Identifier: MIT */
/* withhold.h: workers that are granted to nobody, since their pool is paused, or drained, or since
 * they are to be replaced. */
#ifndef POOLTOY_LIB_WITHHOLD_H
#define POOLTOY_LIB_WITHHOLD_H

#include "worker.h"

/*
 * What is to be withheld is written down first; then, slot by slot, WITHHELD in the word is made to follow
 * that. It costs who checks out nothing, since an idle slot is then not idle any more; nor who checks in,
 * whose compare-and-swap of a lease's plain word fails. So a slot that was swept is taken by nobody, also
 * if it comes to be idle later on; and a slot that no sweep has met has no worker, or a new one: that
 * follows before its thread starts.
 *
 * Any thread, at any time. A word is made to follow under the pool's lock for that, by what is to be withheld as
 * it is then: so nobody sets a slot free by what is out of date, once another has withheld it.
 */

/* Makes the worker's word follow what is to be withheld; what is no more becomes free. */
void withhold_follow(struct pooltoy_worker *worker);

/* The same for all workers of a pool. */
void withhold_follow_all(struct pooltoy_pool *pool);

/* While the pool is drained: has a worker that is withheld run the tasks that wait, if it is idle. */
void withhold_serve(struct pooltoy_worker *worker);

/* Whether a worker that serves tasks is not to begin another. */
static inline bool withhold_keeps_from_tasks(struct pooltoy_worker *worker)
{
	return sync_load(&worker->slot.word, relaxed) & SLOT_WITHHELD &&
	       pool_state(worker->pool) != POOL_DRAINING;
}

/* worker_free of a slot that is withheld. */
bool withhold_freed(struct pooltoy_worker *worker, slot_word word, uint64_t generation);

#endif
