/* SPDX-License-Identifier: MIT */
/* pooltoy/worker.h: what a worker is made of: the callbacks you write, and what they may call. */
#ifndef POOLTOY_WORKER_H
#define POOLTOY_WORKER_H

#include <stddef.h>
#include <pooltoy/error.h>

POOLTOY_BEGIN_DECLS

/* A worker, as its own callbacks see it. Valid for as long as the callback runs. */
struct pooltoy_worker;

/*
 * A worker's callbacks. Fill it in by POOLTOY_WORKER_OPS (C) or start from POOLTOY_WORKER_OPS_INIT
 * (C++), and keep it for as long as a pool uses it: it is not copied.
 *
 * Threads: all callbacks but `interrupt` run on the worker's own thread, one at a time, never while
 * a client uses the state (pooltoy_lease_state), with cancellation disabled and no lock of the
 * library held. They may block, and may call any function of the library; where that would wait for
 * itself, the function says POOLTOY_EDEADLK.
 *
 * "I am broken": a callback that returns a negative value, or that calls pooltoy_worker_exit or
 * pthread_exit, ends its worker. The worker is terminated and replaced, and a caller that waits for
 * it gets POOLTOY_ECRASHED. pooltoy_worker_fail records why.
 */
struct pooltoy_worker_ops {
	size_t struct_size; /* set by the macros */

	/*
	 * Makes the worker's state: a connection, an interpreter. `argument` is the pool spec's.
	 * Takes as long as it likes, and delays only clients that wait for this very worker.
	 * Optional: without it the state is NULL.
	 *
	 * Returns 0, or negative: the worker is not started, and is tried again after a backoff.
	 * A worker that dies before it has completed a lease or task counts as one that was not started.
	 */
	int (*init)(struct pooltoy_worker *self, void *argument, void **state);

	/*
	 * Answers one pooltoy_call, or runs one task (pooltoy_submit), by pooltoy_reply or
	 * pooltoy_reply_error; without either the reply is empty. `request` is the library's copy,
	 * aligned for any type, valid until the return. Optional: without it pooltoy_call and
	 * pooltoy_submit answer POOLTOY_EINVAL.
	 *
	 * Returns 0 to go on, or negative: "I am broken". A bad request is no reason to be broken.
	 */
	int (*handle_call)(struct pooltoy_worker *self, void *state, const void *request,
			   size_t length);

	/*
	 * Takes one pooltoy_cast. As handle_call, but nobody waits for a reply. Optional: without
	 * it pooltoy_cast answers POOLTOY_EINVAL.
	 */
	int (*handle_cast)(struct pooltoy_worker *self, void *state, const void *message,
			   size_t length);

	/*
	 * Makes the state as good as new (roll the transaction back, close the cursor) after a
	 * lease whose client died or was closed, or that was checked in while a call or cast of it
	 * still ran. Does not run after any other checkin. Optional.
	 *
	 * Returns 0, or negative: "I am broken".
	 */
	int (*reset)(struct pooltoy_worker *self, void *state);

	/*
	 * Hurries a running handle_call, handle_cast, reset or ping along (sqlite3_interrupt, PQcancel),
	 * from another thread: the one that waits in pooltoy_call past its deadline, or the
	 * library's notifier. May block. Optional.
	 *
	 * The state is valid until it returns: the worker neither finishes that callback nor
	 * terminates before.
	 */
	void (*interrupt)(struct pooltoy_worker *self, void *state);

	/*
	 * Frees the state. Runs exactly once for each init that returned 0, as the last callback of
	 * the worker, whatever ended it. Optional. `reason` is
	 *  - 0 if the pool has no more use for the worker
	 *  - POOLTOY_ECRASHED if it broke or was killed
	 *  - POOLTOY_ESTOPPED if its pool is stopping or restarting
	 */
	void (*terminate)(struct pooltoy_worker *self, void *state, int reason);

	/*
	 * Looks whether the state is still good ("SELECT 1"), while no client has the worker: now and then
	 * (the pool's ping_interval), or before a checkout (validate_after). A client that comes meanwhile waits as for another client. Optional.
	 *
	 * Returns 0, or negative: "I am broken". So is one that takes longer than the pool's ping_timeout.
	 */
	int (*ping)(struct pooltoy_worker *self, void *state);
};

#ifndef __cplusplus
/* As in: static const struct pooltoy_worker_ops ops = POOLTOY_WORKER_OPS(.handle_call = answer); */
#define POOLTOY_WORKER_OPS(...) \
	{ \
		.struct_size = sizeof(struct pooltoy_worker_ops), __VA_ARGS__ \
	}
#endif
#define POOLTOY_WORKER_OPS_INIT \
	{ \
		sizeof(struct pooltoy_worker_ops), 0, 0, 0, 0, 0, 0, 0 \
	}

/*
 * The functions below are for the worker's own callbacks and take their `self`. None blocks, but
 * for pooltoy_worker_exit, which does not return. Outside of a callback of that worker they are
 * undefined. `interrupt`, which runs on another thread, may call the last three alone.
 */

/*
 * Sets the reply of the running handle_call: `length` bytes, copied. A second reply replaces the
 * first.
 *
 * Errors:
 *  - POOLTOY_EINVAL: called in another callback
 *  - POOLTOY_ENOMEM: the caller gets an empty reply and this code, if the handler returns 0. With
 *    `return pooltoy_reply(...)` the worker counts as broken when memory is short: fine for most
 */
POOLTOY_API int pooltoy_reply(struct pooltoy_worker *self, const void *reply, size_t length);

/*
 * Makes the running handle_call's pooltoy_call return `code` (negative: the library's or the
 * application's own), or its task end with it, along with whatever pooltoy_reply set. The client's
 * affair: the worker lives on.
 *
 * Errors:
 *  - POOLTOY_EINVAL: code is not negative, or no handle_call runs
 */
POOLTOY_API int pooltoy_reply_error(struct pooltoy_worker *self, int code);

/*
 * Milliseconds until the caller's deadline; -1 if it waits forever, or for a task; 0 if its time is
 * over, if it is gone, or if no call is running.
 */
POOLTOY_API int pooltoy_worker_time_left(const struct pooltoy_worker *self);

/*
 * True once the worker has been asked to end: by a kill, or by its pool's stop or restart. For
 * handlers that loop.
 */
POOLTOY_API int pooltoy_worker_stopping(const struct pooltoy_worker *self);

/*
 * Records why this worker is broken, and returns POOLTOY_ECRASHED:
 *
 *     return pooltoy_worker_fail(self, "connect: %s", why);
 *
 * The text (255 bytes at most) reaches the caller's pooltoy_last_error, the pool's status and the
 * event.
 */
POOLTOY_API int pooltoy_worker_fail(struct pooltoy_worker *self, const char *format, ...)
	POOLTOY_PRINTF(2, 3);

/*
 * Ends this worker from anywhere below its callback, as pthread_exit would, with a reason (copied;
 * NULL: none). Cleanup handlers and C++ destructors on the stack run. In `terminate` it ends only
 * that callback.
 */
POOLTOY_API void pooltoy_worker_exit(struct pooltoy_worker *self,
				     const char *reason) POOLTOY_NORETURN;

/* The name of the pool; its string lives as long as the worker. */
POOLTOY_API const char *pooltoy_worker_pool_name(const struct pooltoy_worker *self);

/*
 * The worker's number in its pool: from 0, unique among the pool's living workers, used again by a
 * later one.
 */
POOLTOY_API unsigned pooltoy_worker_index(const struct pooltoy_worker *self);

struct pooltoy_pool;
/* The worker's pool, borrowed: valid as long as the worker, not to be released. NULL in a child process. */
POOLTOY_API struct pooltoy_pool *pooltoy_worker_pool(const struct pooltoy_worker *self);

POOLTOY_END_DECLS

#endif
