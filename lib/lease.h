/* SPDX-License-Identifier: MIT */
/* lease.h: from the lease that a caller has to the slot that it is about. */
#ifndef POOLTOY_LIB_LEASE_H
#define POOLTOY_LIB_LEASE_H

#include "worker.h"

#include <pooltoy/lease.h>

/* NULL: it cannot be a lease. */
static inline struct slot *lease_slot(const struct pooltoy_lease *lease)
{
	return lease && lease->slot % SYNC_CACHE_LINE == 0 ? (struct slot *)lease->slot : NULL;
}

SYNC_SLOW_PATH int lease_refuse(void);

/*
 * The slot; or NULL and *code, with its message: not a lease, or from before a fork. Whether the
 * lease is alive only the slot's word tells.
 */
static inline struct slot *lease_resolve(const struct pooltoy_lease *lease, int *code)
{
	struct slot *slot = lease_slot(lease);

	*code = slot ? pool_check_fork(slot->pool) : lease_refuse();
	return *code ? NULL : slot;
}

/* Ends the lease in `word`: false if that has changed. */
typedef bool lease_end_fn(struct pooltoy_worker *worker, slot_word word, const char *reason);

/* A checkin by the calling thread, of which `end` says what it makes of the worker: 0, or a code. */
int lease_check_in(const struct pooltoy_lease *lease, lease_end_fn *end, const char *reason);

/*
 * Since when that lease is held, by its entry in the monitor table, which is there before the lease is anybody's, and the
 * next one's if it has ended; 0: it is not measured. To be asked before the checkin.
 */
uint64_t lease_measured_since(struct slot *slot, uint64_t generation);

/* That lease has been checked in, and so was alive. */
void lease_measure_hold(struct slot *slot, uint64_t since);

/* The code and message for BUSY and STALE. */
int lease_error(const struct slot *slot, enum slot_result result);

#endif
