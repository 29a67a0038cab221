/* SPDX-License-Identifier: MIT */
/* operation.h: a checkout, call or task without a thread that waits for it. */
#ifndef POOLTOY_LIB_OPERATION_H
#define POOLTOY_LIB_OPERATION_H

#include "cancel_token.h"
#include "client.h"
#include "completion_queue.h"
#include "deadlines.h"

#include <pooltoy/task.h>

/*
 * An operation has one completion. What is faster decides which, by one step:
 *
 *   checkout   the waiter's outcome, under the checkout queue's lock: GRANTED, REFUSED, or CANCELLED
 *              by who leaves
 *   call       the phase, PENDING -> OVER by the worker, or -> LEAVING by who leaves; the latter then
 *              moves the cell, from POSTED, or from RUNNING to ABANDONED, or finds it answered and
 *              takes the answer itself, which the worker has left to it
 *   task       the word of its cell in the ring: TAKEN, by a worker, or by who cancels or ends it
 *
 * The deadline, a cancel, and the close of the queue leave; the phase lets one of these try.
 *
 * Who holds a reference to its record: the operation, until its completion is released; who starts it,
 * until it has started; its deadline, and its watch of a cancel token, while these are set; the worker's
 * cell, while the call is in it; and who leaves.
 */
enum operation_phase { OPERATION_PENDING, OPERATION_LEAVING, OPERATION_OVER };

struct operation {
	struct completion completion; /* the first member */
	sync_atomic(int) phase;
	struct pooltoy_pool *pool; /* a reference */
	/* Leaves, by who has set LEAVING: false if something else was faster. */
	bool (*leave)(struct operation *operation, int code);
	bool timed;
	struct deadline_entry deadline;
	struct cancel_watch watch; /* of no token: NULL */
	struct bytes reply;
	char reason[POOL_REASON_SIZE];

	/* Checkout. */
	struct waiter waiter;
	struct pooltoy_client *client; /* a reference */
	struct quota_claim claim;
	long thread_id; /* of who started it */
	const void *acquired_at;

	/* Call. */
	struct absent_caller caller;
	struct pooltoy_worker *worker;
	uint64_t measured_since; /* ns; 0: it is not measured */

	/* Task. */
	struct pooltoy_task task;
};

extern const struct completion_kind operation_kind;

/* What a start is given. */
struct operation_order {
	struct pooltoy_completion_queue *queue;
	struct pooltoy_pool *pool;
	void *tag;
	struct pooltoy_pending *pending;     /* or NULL; filled in */
	struct pooltoy_cancel_token *cancel; /* or NULL */
};

/* 0, or a code with its message: no queue, or from before a fork. */
int operation_check(const struct pooltoy_completion_queue *queue);

/*
 * A new operation, with a reference for itself and one for the caller, who ends it by
 * operation_started or operation_forget: 0, or POOLTOY_ENOMEM with its message.
 */
int operation_begin(const struct operation_order *order, enum pooltoy_completion_type type,
		    bool (*leave)(struct operation *operation, int code),
		    struct operation **operation);

/* It is under way, and may be over. SYNC_NEVER: without a deadline. */
void operation_started(struct operation *operation, uint64_t deadline);

/* It does not start; there is no completion. */
void operation_forget(struct operation *operation);

/* It has come to this: posts its completion. By whom the outcome is. */
void operation_complete(struct operation *operation, int code);

/* The same with the pool's last failure for its reason. */
void operation_fail(struct operation *operation, int code);

/* Leaves, if it is pending: whether it did, and the completion says `code`. */
bool operation_leave(struct operation *operation, int code);

#endif
