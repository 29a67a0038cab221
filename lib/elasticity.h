/* SPDX-License-Identifier: MIT */
/* elasticity.h: how many workers a pool has, while that changes. */
#ifndef POOLTOY_LIB_ELASTICITY_H
#define POOLTOY_LIB_ELASTICITY_H

#include "sync.h"

struct pooltoy_pool;

/* Workers that a pool may have: without overflow, and beyond that. */
struct pool_bounds {
	unsigned size, max_overflow;
};

/*
 * Any thread may ask for other bounds at any time; the manager is the one who follows. What it has followed so far
 * stands in its books (struct crew), which outlive it, as these do.
 */
struct elasticity {
	sync_atomic(uint64_t) bounds; /* both in one word: nobody sees half of a resize */

	/*
	 * How many workers are kept though nobody waits: up to the size. In an eager pool that many, until they
	 * are idle for too long; in a lazy one those that were wanted once. The manager's.
	 */
	sync_atomic(unsigned) kept;
	uint64_t
		look_at; /* the manager's: when it looks who is idle; 0: nobody may be idle for too long */

	/* Figures. */
	sync_atomic(uint64_t) resizes; /* followed so far */
	sync_atomic(uint64_t) expired; /* workers that were idle for too long */
};

static inline uint64_t elasticity_word(struct pool_bounds bounds)
{
	return (uint64_t)bounds.size << 32 | bounds.max_overflow;
}

static inline struct pool_bounds elasticity_bounds(struct elasticity *elasticity)
{
	uint64_t word = sync_load(&elasticity->bounds, relaxed);

	return (struct pool_bounds){ (unsigned)(word >> 32), (unsigned)word };
}

/* The rest is the manager's. */

/* A new instance: as many workers as a pool begins with. */
void elasticity_begin(struct pooltoy_pool *pool);

/* A worker has come up, and counts in the books. */
void elasticity_came_up(struct pooltoy_pool *pool);

/*
 * The broker's overflow is whom a checkin may dismiss: workers that are up beyond the size. So each that comes
 * up beyond it adds one; and with those that end it is no more than there are. It may be less: who dismisses
 * takes one before the manager hears of that. A worker that is yet to start, or to come up, is none.
 */
void elasticity_limit_overflow(struct pooltoy_pool *pool);

/* Takes note of the bounds that are asked for. Then those that are idle, and too many now, are to be dismissed. */
void elasticity_follow(struct pooltoy_pool *pool);

/* Whether as many are up as are kept; and if it has workers at all but overflow, one. */
bool elasticity_is_complete(struct pooltoy_pool *pool);

/*
 * Dismisses workers that have been idle for too long; when to do so again. Whether one has been used meanwhile the
 * number of its leases and tasks tells: so this costs who uses workers nothing, but a manager that wakes twice
 * in that time, as long as there is a worker that might go.
 */
void elasticity_expire(struct pooltoy_pool *pool, uint64_t now);
uint64_t elasticity_next(struct pooltoy_pool *pool);

/* How many of so many starts may begin now; as each of those under way ends, the manager looks again. */
int elasticity_limit_starts(const struct pooltoy_pool *pool, int wanted);

/* How many slots it may use: some are for those who are on their way out, or in quarantine. */
unsigned elasticity_slots(const struct pooltoy_pool *pool);

#endif
