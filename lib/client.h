/* SPDX-License-Identifier: MIT */
/* client.h: who holds leases: the calling thread, or an explicit client. */
#ifndef POOLTOY_LIB_CLIENT_H
#define POOLTOY_LIB_CLIENT_H

#include "pool.h"
#include "worker.h"

#include <assert.h>
#include <pooltoy/client.h>

/*
 * A lease, or a borrowed state, as its holder remembers it; stale once the slot's generation has
 * moved on.
 */
struct holding {
	struct slot *slot;
	uint64_t generation;
};

struct holdings {
	struct holding *list; /* `few`, until more are needed */
	unsigned count, capacity;
	struct holding few[2];
};

/*
 * What a client has of one pool. It keeps a reference to the pool, so that its list never dangles,
 * and loses it when the pool has been stopped and room is needed, or with the client.
 */
struct membership {
	/* One line: all that a checkout and checkin of the first lease need. */
	SYNC_LINE_ALIGNED struct pooltoy_pool *pool;
	struct slot *hint;   /* the slot that this thread used last, in an affine pool */
	int thread_id;       /* a thread's */
	unsigned fork_epoch; /* as the pool's */
	struct holdings leases;
	struct holdings borrows; /* a thread's: states that it uses, whosever the leases are */
	/* An explicit client's, in a pool with quotas: checkouts under way; of these, those that wait. */
	unsigned pending, waiting;
};

/*
 * A thread's client is touched by that thread alone. An explicit client's memberships and closed
 * flag are guarded by its lock.
 */
struct pooltoy_client {
	struct membership **table; /* open addressing, by pool; at most three quarters full */
	unsigned table_size, used;

	/* Explicit clients. */
	unsigned fork_epoch;
	char name[MONITOR_NAME_WORDS * sizeof(uint64_t)];
	struct sync_mutex lock;
	bool closed;
	sync_atomic(unsigned) references; /* the handle's, and one for each call in progress */
};

/* One checkout of an explicit client, counted in its membership (quota.h); `client` is NULL if it is not. */
struct quota_claim {
	struct pooltoy_client *client;
	struct pooltoy_pool *pool;
	bool waits;
};

/* A thread that uses the library. */
struct self {
	struct pooltoy_client client;
	struct parker *parker;
	long thread_id;
	unsigned search_start; /* where this thread looks for idle slots first */
	unsigned fork_epoch;
	int rounds; /* of its end */
};

/* What a thread's calls begin with. */
struct self_local {
	struct membership *recent; /* in the pool that it used last; NULL: look it up */
	struct self *self;
	bool ended;
};
SYNC_THREAD_LOCAL_SHARED(struct self_local, self_local);

/* The calling thread's membership in the pool, if it exists, and the recent one from now on. */
struct membership *self_recall(const struct pooltoy_pool *pool);

/* The same, at once if it is the one that the thread used last. */
static inline struct membership *self_peek_membership(const struct pooltoy_pool *pool)
{
	struct membership *recent = self_local()->recent;

	if (recent && recent->pool == pool && recent->fork_epoch == sync_fork_epoch())
		return recent;
	return self_recall(pool);
}

/*
 * The calling thread, made at its first call: 0, or a code with its message: without memory, or past
 * the thread's end. The message names the pool; NULL: the supervisor.
 */
int self_get(const char *pool, struct self **self);
/* The same if it exists, else NULL. */
struct self *self_peek(void);

/* The calling thread's membership, found or made, and the recent one from now on; NULL without memory. */
struct membership *self_membership(struct self *self, struct pooltoy_pool *pool);
struct membership *membership_find(const struct pooltoy_client *client,
				   const struct pooltoy_pool *pool);
/* Found or made; NULL without memory. */
struct membership *membership_get(struct pooltoy_client *client, struct pooltoy_pool *pool);

/*
 * Room for one more, after which holdings_add cannot fail; false without memory. Among leases,
 * those that have turned stale make room first, and there is room for no more than `limit`.
 */
bool holdings_reserve(struct holdings *holdings);
bool holdings_reserve_lease(struct holdings *leases, unsigned limit);
static inline void holdings_add(struct holdings *holdings, struct slot *slot, uint64_t generation)
{
	assert(holdings->count < holdings->capacity);
	holdings->list[holdings->count++] = (struct holding){ slot, generation };
}
static inline void holdings_add_lease(struct holdings *leases, struct slot *slot,
				      uint64_t generation)
{
	figure_store(&slot->entry.place, leases->count);
	holdings_add(leases, slot, generation);
}
/* Takes it out: false if it was not there. The last one in is mostly the first one out. */
bool holdings_remove_any(struct holdings *holdings, struct slot *slot, uint64_t generation);
static inline bool holdings_remove(struct holdings *holdings, struct slot *slot,
				   uint64_t generation)
{
	unsigned last = holdings->count - 1;

	if (holdings->count == 0 || holdings->list[last].slot != slot ||
	    holdings->list[last].generation != generation)
		return holdings_remove_any(holdings, slot, generation);
	holdings->count = last;
	return true;
}
/* How many leases are alive. */
unsigned holdings_alive(const struct holdings *holdings);

/* 0, or POOLTOY_EFORKED with its message for an explicit client from before a fork. */
int client_check_fork(const struct pooltoy_client *client);

/* An explicit client, while a call uses it. */
void client_ref(struct pooltoy_client *client);
void client_unref(struct pooltoy_client *client);

/* Room for one more lease of the pool, in an explicit client whose lock is held: 0, or ECLOSED, ENOMEM
 * without a message. */
int client_reserve_locked(struct pooltoy_client *client, struct pooltoy_pool *pool,
			  struct membership **membership);

/* The explicit client remembers the lease, which is what its claim came to. The same codes; then the slot has
 * been given back, unused. */
int client_remember(struct pooltoy_client *client, struct slot *slot, uint64_t generation,
		    struct quota_claim *claim);

/* Gives back a slot that nobody has seen yet. */
void client_return_unused(struct slot *slot, uint64_t generation);

/* Ends all that a client has: borrows are given back, leases end, memberships go. */
void client_end(struct pooltoy_client *client);

/* The thread's own end of a borrow. The slot's word then. */
slot_word client_give_back(struct slot *slot);

#endif
