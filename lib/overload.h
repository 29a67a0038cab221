/* SPDX-License-Identifier: MIT */
/* overload.h: how many may wait for a worker, and for how long, while more come than can be served. */
#ifndef POOLTOY_LIB_OVERLOAD_H
#define POOLTOY_LIB_OVERLOAD_H

#include "sync.h"

#include <limits.h>

/*
 * Two bounds of a checkout queue, each of them off unless it is asked for.
 *
 * At most `max_waiters` wait; who comes then is refused at once.
 *
 * CoDel (Nichols and Jacobson, "Controlling Queue Delay", ACM Queue 10/5, 2012), as db_connection has it for
 * checkouts: a queue that is long for a moment is good, one that never gets short is of no use to anybody. So
 * if for an interval nobody's wait was within the target, those are shed that have waited for twice the target:
 * who comes later is served while that still helps. It ends with an interval in which somebody was served in time.
 *
 * Guarded by the queue's lock, but for the figures; told the time, in ns.
 */
struct overload {
	/* Constant. */
	unsigned max_waiters; /* UINT_MAX: no bound */
	uint64_t target;      /* 0: nobody is shed */
	uint64_t interval;

	uint64_t ends;         /* of this interval */
	uint64_t shortest;     /* wait of those served in it */
	uint64_t head_at_poll; /* since when the head waited that was there at the last poll */

	/* Figures. */
	sync_atomic(bool) sheds;
	sync_atomic(uint64_t) refused, shed;
};

/* No bounds. */
#define OVERLOAD_INIT \
	{ \
		.max_waiters = UINT_MAX \
	}

static inline bool overload_is_bounded(const struct overload *overload)
{
	return overload->max_waiters != UINT_MAX || overload->target > 0;
}

/* One has left the queue with a worker, after so long. */
void overload_served(struct overload *overload, uint64_t waited, uint64_t now);

/* The queue is empty. */
static inline void overload_nobody_waits(struct overload *overload)
{
	overload->shortest = 0;
}

/* Every now and then while the queue is not empty: its head has waited since then. If that is still the one of
 * the last poll, nobody is served at all. */
void overload_poll(struct overload *overload, uint64_t head_since, uint64_t now);
/* The same while it is empty. */
void overload_poll_empty(struct overload *overload, uint64_t now);

/* Whether who has waited for so long is to be shed. */
static inline bool overload_is_too_long(struct overload *overload, uint64_t waited)
{
	return figure_load(&overload->sheds) && waited > 2 * overload->target;
}

#endif
