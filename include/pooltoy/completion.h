/* SPDX-License-Identifier: MIT */
/* pooltoy/completion.h: checkouts, calls and tasks that nobody waits for, for servers that poll. */
#ifndef POOLTOY_COMPLETION_H
#define POOLTOY_COMPLETION_H

#include <stddef.h>
#include <stdint.h>
#include <pooltoy/checkout.h>
#include <pooltoy/client.h>
#include <pooltoy/error.h>
#include <pooltoy/lease.h>
#include <pooltoy/pool.h>

POOLTOY_BEGIN_DECLS

/*
 * A completion queue: operations are started with it, of any pools, and what became of them arrives in
 * it. Its descriptor is readable while something is there: for poll(2), epoll(7) and the like.
 *
 * An operation that was started has one completion, exactly one, whatever happens to its pool, its
 * client or its worker. One whose start has failed has none.
 */
struct pooltoy_completion_queue;

enum pooltoy_completion_type {
	POOLTOY_COMPLETION_CHECKOUT = 1, /* pooltoy_checkout_start */
	POOLTOY_COMPLETION_CALL,         /* pooltoy_call_start */
	POOLTOY_COMPLETION_TASK          /* pooltoy_submit_start */
};

/*
 * What became of an operation. Valid, with all it points to, until pooltoy_completion_release. What
 * does not apply to its type or code is 0 or NULL.
 */
struct pooltoy_completion {
	size_t struct_size; /* of the library's structure: do not touch what your header lacks */
	enum pooltoy_completion_type type;

	/*
	 * 0, what handle_call said by pooltoy_reply_error, or
	 *  - POOLTOY_ETIMEDOUT, as pooltoy_checkout and pooltoy_call have it; TASK: it did not begin in time
	 *  - POOLTOY_ECANCELLED: pooltoy_pending_cancel, or the token
	 *  - POOLTOY_ECRASHED: the worker died; the lease has ended
	 *  - POOLTOY_ESTOPPED: the pool was stopped
	 *  - POOLTOY_EFAILED: the pool was given up
	 *  - POOLTOY_EOVERLOAD: CHECKOUT: waited for too long while the pool is overloaded (queue_target)
	 *  - POOLTOY_ECLOSED: CHECKOUT: its client was closed meanwhile; no worker is held
	 *  - POOLTOY_ENOMEM: CHECKOUT: the same, for lack of memory to remember the lease in
	 */
	int code;
	void *tag; /* as it was given at the start */
	struct pooltoy_lease
		lease;      /* CHECKOUT with code 0: the lease; CALL: that it was made with */
	const void *reply;  /* CALL, TASK: what handle_call replied; aligned for any type */
	size_t length;      /* of the reply, in bytes */
	int worker;         /* the index of the worker; -1: there was none */
	const char *reason; /* POOLTOY_ECRASHED: why; else the pool's last failure; or "" */
};

/* An operation under way, to cancel it by. A value. Its fields are nobody's business. */
struct pooltoy_pending {
	uintptr_t operation;
	uint64_t serial;
};
#define POOLTOY_PENDING_INIT \
	{ \
		0, 0 \
	}

/*
 * Opens a completion queue, which is the caller's until pooltoy_completion_queue_close.
 *
 * Threads: any, and in any callback. Does not block.
 *
 * Errors:
 *  - POOLTOY_EAGAIN: no descriptor is to be had
 *  - POOLTOY_ENOMEM
 *  - POOLTOY_EINVAL: queue is NULL
 */
POOLTOY_API int
pooltoy_completion_queue_open(struct pooltoy_completion_queue **queue) POOLTOY_MUST_CHECK;

/*
 * The queue's descriptor, or a negative code. It is readable while completions wait, and now and then
 * when none does. To be polled, no more: do not read, write or close it. Closed on exec, and by
 * pooltoy_completion_queue_close.
 *
 * Threads: any, and in any callback. Does not block.
 *
 * Errors:
 *  - POOLTOY_EINVAL
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_completion_queue_fd(struct pooltoy_completion_queue *queue);

/*
 * Takes up to `max` completions: their number, or a negative code. Each is the caller's, to be given
 * back by pooltoy_completion_release. If there are fewer than `max`, the descriptor is not readable
 * afterwards until the next one arrives; who polls for edges drains until there are.
 *
 * Completions of one thread's making arrive in the order in which they were made; others in any.
 *
 * Threads: any, one at a time; and in any callback. Does not block.
 *
 * Errors:
 *  - POOLTOY_EINVAL
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_completion_queue_drain(struct pooltoy_completion_queue *queue,
					       const struct pooltoy_completion *completions[],
					       unsigned max);

/*
 * Gives a completion back, with its reply; the lease in it is not touched. NULL is allowed. May come
 * after the close of its queue.
 *
 * Threads: any, and in any callback. Does not block.
 */
POOLTOY_API void pooltoy_completion_release(const struct pooltoy_completion *completion);

/*
 * Closes the queue, and uses the handle up; no other call that uses it may be under way or come later.
 * NULL is allowed.
 *
 * Operations under way are cancelled; a task that has begun runs to its end; nobody is told. Leases of
 * checkouts that were started with a NULL client end, as those of a client do that is closed. Leases in
 * completions that were not drained end, too.
 *
 * Threads: any, and in any callback. Does not block.
 */
POOLTOY_API void pooltoy_completion_queue_close(struct pooltoy_completion_queue *queue);

/*
 * Starts a checkout. Its completion has the lease, or says why there is none.
 *
 * It waits in the pool's checkout queue as a client in pooltoy_checkout does, first come first served,
 * for up to timeout_ms (0: tries; -1: forever). The lease is `client`'s; with NULL it is the queue's
 * own, and ends with that. (Who wants it to end with a connection opens a client for the connection. If
 * that is closed first, the completion says POOLTOY_ECLOSED once a worker would be had.)
 *
 * *pending, if `pending` is not NULL, is the operation. The completion may have been drained before
 * this returns.
 *
 * Threads: any, and in any callback. Does not block.
 *
 * Errors, after which there will be no completion:
 *  - POOLTOY_EFULL: the timeout is 0, and none is idle or others wait for it; or the pool's capacity is 0
 *  - POOLTOY_EQUEUEFULL: as many wait as may (max_queue)
 *  - POOLTOY_EQUOTA: the client, or the queue with its own, has, or waits for, as many workers as it may
 *    (max_leases_per_client, max_waiters_per_client)
 *  - POOLTOY_ESTARTING: the timeout is 0 and no worker is up yet
 *  - POOLTOY_EPAUSED: the timeout is 0 and the pool is paused
 *  - POOLTOY_EFAILED: the pool was given up
 *  - POOLTOY_ESTOPPED: the pool was stopped
 *  - POOLTOY_EINVAL
 *  - POOLTOY_ENOMEM
 *  - POOLTOY_EFORKED
 *  - POOLTOY_ETHREADEXITED
 */
POOLTOY_API int pooltoy_checkout_start(struct pooltoy_completion_queue *queue,
				       struct pooltoy_pool *pool, struct pooltoy_client *client,
				       int timeout_ms, void *tag,
				       struct pooltoy_pending *pending) POOLTOY_MUST_CHECK;

/*
 * pooltoy_checkout_start, with the options of pooltoy_checkout_with: whose the lease is (NULL: the queue's own),
 * an absolute deadline, a token, a priority. An idle worker is had at once, also after the deadline.
 *
 * The token may be closed while the operation is under way; it then is not cancelled by it any more.
 *
 * Threads: any, and in any callback. Does not block.
 *
 * Errors, after which there will be no completion: those of pooltoy_checkout_start, and
 *  - POOLTOY_ETIMEDOUT: the deadline has passed, and no worker is idle
 *  - POOLTOY_ECANCELLED: the token was cancelled before
 *  - POOLTOY_EVERSION: the options ask for what this library lacks
 *  - POOLTOY_EINVAL: also if the options are NULL
 */
POOLTOY_API int pooltoy_checkout_start_with(struct pooltoy_completion_queue *queue,
					    struct pooltoy_pool *pool,
					    const struct pooltoy_checkout_options *options,
					    void *tag,
					    struct pooltoy_pending *pending) POOLTOY_MUST_CHECK;

/*
 * Starts a call: handle_call runs with a copy of `length` bytes of `request`. Its completion has the
 * reply. When it is there, the lease may be used for the next call.
 *
 * After timeout_ms (-1: never) the completion says POOLTOY_ETIMEDOUT, and it is with the worker as it
 * is after pooltoy_call: if the handler had not begun, it never will; if it had, `interrupt` is run, on
 * the thread that runs event callbacks, and the worker is busy until the handler returns.
 *
 * Threads: any that has the lease, and in any callback. Does not block.
 *
 * Errors, after which there will be no completion:
 *  - POOLTOY_EBUSY: the state is in use, or another call is
 *  - POOLTOY_ESTALE
 *  - POOLTOY_EINVAL: also if the worker has no handle_call
 *  - POOLTOY_ENOMEM
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_call_start(struct pooltoy_completion_queue *queue,
				   const struct pooltoy_lease *lease, const void *request,
				   size_t length, int timeout_ms, void *tag,
				   struct pooltoy_pending *pending) POOLTOY_MUST_CHECK;

/*
 * pooltoy_call_start, with the options of pooltoy_call_with: an absolute deadline, a token.
 *
 * The token may be closed while the operation is under way; it then is not cancelled by it any more.
 *
 * Threads: any that has the lease, and in any callback. Does not block.
 *
 * Errors, after which there will be no completion: those of pooltoy_call_start, and
 *  - POOLTOY_ETIMEDOUT: the deadline has passed; the handler does not run
 *  - POOLTOY_ECANCELLED: the token was cancelled before; the same
 *  - POOLTOY_EVERSION: the options ask for what this library lacks
 *  - POOLTOY_EINVAL: also if the options are NULL
 */
POOLTOY_API int pooltoy_call_start_with(struct pooltoy_completion_queue *queue,
					const struct pooltoy_lease *lease, const void *request,
					size_t length, const struct pooltoy_call_options *options,
					void *tag,
					struct pooltoy_pending *pending) POOLTOY_MUST_CHECK;

/*
 * pooltoy_submit, whose outcome arrives in the queue.
 *
 * Threads: any, and in any callback. Does not block.
 *
 * Errors, after which there will be no completion: those of pooltoy_submit.
 */
POOLTOY_API int pooltoy_submit_start(struct pooltoy_completion_queue *queue,
				     struct pooltoy_pool *pool, const void *request, size_t length,
				     void *tag, struct pooltoy_pending *pending) POOLTOY_MUST_CHECK;

/* How a task is to be. Fill it in by POOLTOY_TASK_OPTIONS (C) or start from POOLTOY_TASK_OPTIONS_INIT
 * (C++). */
struct pooltoy_task_options {
	size_t struct_size; /* set by the macros */

	/* When it is too late to begin it: pooltoy_deadline_after, or 0: never. */
	uint64_t deadline;
	/* NULL: nobody cancels it. */
	struct pooltoy_cancel_token *cancel;
};

#ifndef __cplusplus
/* pooltoy_submit_start_with(queue, pool, request, length, POOLTOY_TASK_OPTIONS(.deadline = deadline), ...) */
#define POOLTOY_TASK_OPTIONS(...) \
	(&(const struct pooltoy_task_options){ .struct_size = sizeof(struct pooltoy_task_options), \
					       __VA_ARGS__ })
#endif
#define POOLTOY_TASK_OPTIONS_INIT \
	{ \
		sizeof(struct pooltoy_task_options), 0, 0 \
	}

/*
 * pooltoy_submit_start, with options.
 *
 * One outcome: whatever comes first of its begin, the deadline and a cancel. Of the last two its completion
 * says POOLTOY_ETIMEDOUT or POOLTOY_ECANCELLED, and it never runs. One that has begun runs to its end.
 *
 * The token may be closed while the operation is under way; it then is not cancelled by it any more.
 *
 * Threads: any, and in any callback. Does not block.
 *
 * Errors, after which there will be no completion: those of pooltoy_submit, and
 *  - POOLTOY_ETIMEDOUT: the deadline has passed
 *  - POOLTOY_ECANCELLED: the token was cancelled before
 *  - POOLTOY_EVERSION: the options ask for what this library lacks
 *  - POOLTOY_EINVAL: also if the options are NULL
 */
POOLTOY_API int pooltoy_submit_start_with(struct pooltoy_completion_queue *queue,
					  struct pooltoy_pool *pool, const void *request,
					  size_t length, const struct pooltoy_task_options *options,
					  void *tag,
					  struct pooltoy_pending *pending) POOLTOY_MUST_CHECK;

/*
 * Cancels an operation: its completion, which is in the queue when this returns, says
 * POOLTOY_ECANCELLED. A call that runs is left as at its timeout. A task that runs is not cancelled.
 *
 * Threads: any, and in any callback; the queue is open throughout. Does not block.
 *
 * Errors:
 *  - POOLTOY_ESTALE: something else was faster, of which its completion tells, or has told; or it is a
 *    task that has begun
 *  - POOLTOY_EINVAL: not one that a start has given
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_pending_cancel(const struct pooltoy_pending *pending);

POOLTOY_END_DECLS

#endif
