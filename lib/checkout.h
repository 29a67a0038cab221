/* SPDX-License-Identifier: MIT */
/* checkout.h: one checkout, from the wish for a worker to the lease. */
#ifndef POOLTOY_LIB_CHECKOUT_H
#define POOLTOY_LIB_CHECKOUT_H

#include "cancel_token.h"
#include "client.h"

#include <pooltoy/lease.h>

/* For how long to wait, and before whom. */
struct patience {
	int timeout_ms;                      /* from when it begins to wait, if there is... */
	uint64_t deadline;                   /* ...0: none; ns */
	struct pooltoy_cancel_token *cancel; /* NULL: none */
	bool high;                           /* before who is not */
};

/* One checkout: who wants, and what was got. */
struct checkout {
	struct pooltoy_pool *pool;
	struct self *self;
	struct membership *membership; /* the thread's, for its hint */
	struct pooltoy_client *client; /* NULL: the thread's own */
	struct slot *slot;
	uint64_t generation;
	struct waiter waiter;
	struct quota_claim claim; /* an explicit client's */
};

/* The options of a checkout, of this library's size: 0, or a code with its message. */
int checkout_take_options(const struct pooltoy_checkout_options *given,
			  struct pooltoy_checkout_options *options);

/* How long it may wait by these. */
struct patience checkout_patience(const struct pooltoy_checkout_options *options);

/* Before it waits: with a deadline in any case. 0, or by what it is refused if that has come. */
int checkout_set_deadline(struct patience *patience);

/* The calling thread wants a worker of the pool: 0, or a code with its message. */
int checkout_begin(struct checkout *checkout, struct pooltoy_pool *pool, const void *lease);

/* Gets one, waiting if need be. A cancellation point if it waits, by which no worker is lost. */
int checkout_acquire(struct checkout *checkout, const struct patience *patience);

/* Enters the lease in the monitor table, and fills it in. `client_name`: NULL for a thread. */
void checkout_enter(struct checkout *checkout, const char *client_name, const void *caller,
		    struct pooltoy_lease *lease);

/* As pooltoy_checkout, for a function of the library that was called from there. */
int checkout_on_behalf(struct pooltoy_pool *pool, int timeout_ms, const void *caller,
		       struct pooltoy_lease *lease);

/* All of it, by the calling thread or a client, for itself: as pooltoy_checkout, and the other. */
int checkout_by_thread(struct pooltoy_pool *pool, const struct patience *patience,
		       const void *caller, struct pooltoy_lease *lease);
int checkout_by_client(struct pooltoy_client *client, struct pooltoy_pool *pool,
		       const struct patience *patience, const void *caller,
		       struct pooltoy_lease *lease);

/* The code, with its message and the pool's last failure. */
int checkout_refuse(struct pooltoy_pool *pool, int code);
/* The same for one that does not wait: why no worker was idle. */
int checkout_refuse_try(struct pooltoy_pool *pool);

/* One that waited has given up, for that reason. */
static inline void checkout_count_left(struct pooltoy_pool *pool, int why)
{
	if (why == POOLTOY_ETIMEDOUT)
		figure_add_shared(&pool->timeouts, 1);
	else if (why == POOLTOY_ECANCELLED)
		figure_add_shared(&pool->checkouts_cancelled, 1);
}

/* POOLTOY_ENOMEM, with its message. */
int checkout_no_memory(struct pooltoy_pool *pool);

#endif
