/* SPDX-License-Identifier: MIT */
/* quota.h: how many leases of a pool one client may have, and how many checkouts it may wait in. */
#ifndef POOLTOY_LIB_QUOTA_H
#define POOLTOY_LIB_QUOTA_H

#include "client.h"

/*
 * A thread's checkouts come one after the other: its leases are the limit of its holdings' capacity, so that
 * the fast path finds them full, and goes the slow way, only there.
 *
 * Those of an explicit client come side by side: each is counted in its membership, under its lock, from
 * before it begins to wait until it has a lease, or has failed. Each has a claim.
 *
 * Without a limit nothing is counted.
 */

/* 0; or POOLTOY_EQUOTA with its message: this thread may have no more leases. */
int quota_check_thread(struct pooltoy_pool *pool, const struct holdings *leases);

/* The same of a client whose lock is held, for a lease that it adopts. */
int quota_check_adoption_locked(const struct pooltoy_client *client,
				const struct membership *membership);

/* One more checkout for the client: 0; or POOLTOY_EQUOTA or POOLTOY_ENOMEM with its message, and there is no
 * claim; nor is there one for a client that has been closed. */
int quota_claim(struct quota_claim *claim, struct pooltoy_client *client,
		struct pooltoy_pool *pool);

/* It is about to wait: 0, or POOLTOY_EQUOTA with its message. */
int quota_claim_wait(struct quota_claim *claim);

/* It is over, if there is one. With the client's lock held: in one step with what it came to. */
void quota_release(struct quota_claim *claim);
void quota_release_locked(struct quota_claim *claim, struct membership *membership);

#endif
