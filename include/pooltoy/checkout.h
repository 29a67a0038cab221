/* SPDX-License-Identifier: MIT */
/* pooltoy/checkout.h: checkouts and calls by one deadline, which another thread can cancel. */
#ifndef POOLTOY_CHECKOUT_H
#define POOLTOY_CHECKOUT_H

#include <stddef.h>
#include <stdint.h>
#include <pooltoy/client.h>
#include <pooltoy/error.h>
#include <pooltoy/lease.h>
#include <pooltoy/pool.h>

POOLTOY_BEGIN_DECLS

/*
 * Deadlines: nanoseconds of CLOCK_MONOTONIC. One of them can be carried along, over the wait for a worker,
 * its start, and the calls.
 */
#define POOLTOY_NEVER UINT64_MAX

/*
 * The deadline that is so many milliseconds from now; -1: POOLTOY_NEVER.
 *
 * Threads: any, and in any callback. Does not block.
 */
POOLTOY_API uint64_t pooltoy_deadline_after(int timeout_ms);

/*
 * Cancels checkouts and calls that wait, from another thread: all that were given the token, and all that
 * will be.
 */
struct pooltoy_cancel_token;

/*
 * Opens a token. *token is the caller's until pooltoy_cancel_token_close.
 *
 * Threads: any, and in any callback. Does not block.
 *
 * Errors:
 *  - POOLTOY_ENOMEM
 *  - POOLTOY_EINVAL: token is NULL
 */
POOLTOY_API int pooltoy_cancel_token_open(struct pooltoy_cancel_token **token) POOLTOY_MUST_CHECK;

/*
 * Cancels: checkouts and calls with this token that wait now or later answer POOLTOY_ECANCELLED, unless
 * their outcome has been decided before. So do those, and tasks, that were started with a completion
 * queue: their completions are there when this returns. For good; a second time changes nothing. NULL is
 * allowed.
 *
 * Threads: any, and in any callback. Does not block.
 */
POOLTOY_API void pooltoy_cancel_token_cancel(struct pooltoy_cancel_token *token);

/*
 * Closes the token, and uses the handle up; no call that was given it may be under way or come later.
 * What was started with it and a completion queue goes on, and keeps of it what it needs. NULL is allowed.
 *
 * Threads: any, and in any callback. Does not block.
 */
POOLTOY_API void pooltoy_cancel_token_close(struct pooltoy_cancel_token *token);

/* Whom a checkout goes before while it waits; within each, first come first served. */
enum pooltoy_priority {
	POOLTOY_PRIORITY_NORMAL,
	/* Before all that are normal, tasks included, however long those have waited. */
	POOLTOY_PRIORITY_HIGH
};

/* How a checkout is to be. Fill it in by POOLTOY_CHECKOUT_OPTIONS (C) or start from
 * POOLTOY_CHECKOUT_OPTIONS_INIT (C++). */
struct pooltoy_checkout_options {
	size_t struct_size; /* set by the macros */

	/* Who is to hold the lease. NULL: the calling thread. */
	struct pooltoy_client *client;
	/* 0: none, it waits for ever. */
	uint64_t deadline;
	/* NULL: nobody cancels it. */
	struct pooltoy_cancel_token *cancel;
	enum pooltoy_priority priority;
};

#ifndef __cplusplus
/* pooltoy_checkout_with(pool, POOLTOY_CHECKOUT_OPTIONS(.deadline = deadline), &lease) */
#define POOLTOY_CHECKOUT_OPTIONS(...) \
	(&(const struct pooltoy_checkout_options){ \
		.struct_size = sizeof(struct pooltoy_checkout_options), __VA_ARGS__ })
#endif
#define POOLTOY_CHECKOUT_OPTIONS_INIT \
	{ \
		sizeof(struct pooltoy_checkout_options), 0, 0, 0, POOLTOY_PRIORITY_NORMAL \
	}

/*
 * pooltoy_checkout, or pooltoy_client_checkout, with options.
 *
 * One outcome: whatever comes first of a worker, the deadline and a cancel; of the last two no worker is
 * lost. An idle worker is had at once, also after the deadline; else a checkout whose deadline has passed
 * does not wait.
 *
 * Priority is for who waits. While high ones come as fast as workers come free, normal ones wait on, until
 * their deadlines, or until they are shed (queue_target, where what counts is the wait of who has waited
 * longest). Newcomers, whatever their priority, overtake nobody once somebody has waited for longer than
 * starvation_us. A full queue (max_queue) refuses both.
 *
 * Threads: any, and in any callback. Blocks until the deadline; if it waits it is a cancellation point, by
 * which no worker is lost.
 *
 * Errors: those of pooltoy_checkout that waits, and
 *  - POOLTOY_ECANCELLED: by the token; also if that was before the call
 *  - POOLTOY_ECLOSED: the client was closed meanwhile; no worker is held
 *  - POOLTOY_EVERSION: the options ask for what this library lacks
 *  - POOLTOY_EINVAL: also if the options are NULL
 */
POOLTOY_API int pooltoy_checkout_with(struct pooltoy_pool *pool,
				      const struct pooltoy_checkout_options *options,
				      struct pooltoy_lease *lease) POOLTOY_MUST_CHECK;

/* How a call is to be. Fill it in by POOLTOY_CALL_OPTIONS (C) or start from POOLTOY_CALL_OPTIONS_INIT
 * (C++). */
struct pooltoy_call_options {
	size_t struct_size; /* set by the macros */

	/* 0: none, it waits for ever. */
	uint64_t deadline;
	/* NULL: nobody cancels it. With one, a call to a child process is a hop dearer. */
	struct pooltoy_cancel_token *cancel;
};

#ifndef __cplusplus
/* pooltoy_call_with(&lease, request, length, reply, &reply_length,
 *                   POOLTOY_CALL_OPTIONS(.deadline = deadline)) */
#define POOLTOY_CALL_OPTIONS(...) \
	(&(const struct pooltoy_call_options){ .struct_size = sizeof(struct pooltoy_call_options), \
					       __VA_ARGS__ })
#endif
#define POOLTOY_CALL_OPTIONS_INIT \
	{ \
		sizeof(struct pooltoy_call_options), 0, 0 \
	}

/*
 * pooltoy_call with options.
 *
 * One outcome: whatever comes first of the answer, the deadline and a cancel. A call that is cancelled
 * leaves the worker as one does that has timed out. With a deadline that has passed, or a token that was
 * cancelled before, the handler does not run.
 *
 * Threads: any that has the lease, one at a time. Blocks until the deadline; a cancellation point.
 *
 * Returns what pooltoy_call does, or:
 *  - POOLTOY_ECANCELLED: by the token
 *  - POOLTOY_EVERSION: the options ask for what this library lacks
 *  - POOLTOY_EINVAL: also if the options are NULL
 */
POOLTOY_API int pooltoy_call_with(const struct pooltoy_lease *lease, const void *request,
				  size_t length, void *reply, size_t *reply_length,
				  const struct pooltoy_call_options *options) POOLTOY_MUST_CHECK;

POOLTOY_END_DECLS

#endif
