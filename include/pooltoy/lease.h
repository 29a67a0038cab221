/* SPDX-License-Identifier: MIT */
/* pooltoy/lease.h: checking a worker out, using it, checking it in. */
#ifndef POOLTOY_LEASE_H
#define POOLTOY_LEASE_H

#include <stddef.h>
#include <stdint.h>
#include <pooltoy/error.h>
#include <pooltoy/pool.h>

POOLTOY_BEGIN_DECLS

/*
 * A lease: the right to use one worker. A value, to be copied, stored and handed to other threads;
 * whoever has it may use it and check it in.
 *
 * It ends by a checkin, with its client, or with its worker. From then on all copies of it answer
 * POOLTOY_ESTALE, whoever has the worker next. Its fields are nobody's business.
 */
struct pooltoy_lease {
	uintptr_t slot;
	uint64_t generation;
};
#define POOLTOY_LEASE_INIT \
	{ \
		0, 0 \
	}

/*
 * Checks a worker out, for the calling thread: when the thread ends, so does the lease.
 *
 * With a worker idle it takes no lock, makes no system call and wakes nobody; else it waits for
 * one, first come first served. A restart of the pool is not noticed by who waits.
 *
 * Threads: any, and in any callback. Blocks up to timeout_ms (0: tries; -1: forever); if it waits
 * it is a cancellation point, by which no worker is lost.
 *
 * Errors:
 *  - POOLTOY_ETIMEDOUT: no worker came free in time
 *  - POOLTOY_EFULL: the timeout is 0, and none is idle or others wait for it; or the pool's capacity is 0
 *  - POOLTOY_EQUEUEFULL: as many wait as may (max_queue)
 *  - POOLTOY_EOVERLOAD: waited for too long while the pool is overloaded (queue_target)
 *  - POOLTOY_EQUOTA: the client has, or waits for, as many workers as it may (max_leases_per_client)
 *  - POOLTOY_ESTARTING: the timeout is 0 and no worker is up yet: after the pool's start, in a
 *    restart or in a backoff
 *  - POOLTOY_EPAUSED: the timeout is 0 and the pool is paused
 *  - POOLTOY_EFAILED: the pool was given up; also to clients that wait
 *  - POOLTOY_ESTOPPED: the pool was stopped; also to clients that wait
 *  - POOLTOY_EDEADLK: only with -1: from a worker of this pool, or all of its workers are leased to
 *    this very client (leases that were handed on count until they are adopted, or have ended)
 *  - POOLTOY_EINVAL
 *  - POOLTOY_ENOMEM
 *  - POOLTOY_EFORKED
 *  - POOLTOY_ETHREADEXITED: called by a thread-specific destructor, after the library's own
 */
POOLTOY_API int pooltoy_checkout(struct pooltoy_pool *pool, int timeout_ms,
				 struct pooltoy_lease *lease) POOLTOY_MUST_CHECK;

/*
 * Checks the worker in. If a call or cast of this lease is still running, the worker finishes it
 * first, and nobody gets it before. A state in use by the calling thread (pooltoy_lease_state) is
 * given back along with it.
 *
 * Threads: any that has the lease, and in any callback. Does not block.
 *
 * Errors, after which nothing has changed:
 *  - POOLTOY_ESTALE: it had ended before: checked in twice, its client or worker died, or its pool
 *    restarted
 *  - POOLTOY_EBUSY: another thread uses the worker's state
 *  - POOLTOY_EINVAL: not a lease
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_checkin(const struct pooltoy_lease *lease);

/*
 * Checks the worker in as one that is broken, which its client is the first to know of:
 *  - POOLTOY_REPLACE: it ends as one that says so itself, and another is started. If a call or cast of
 *    this lease is still running, that is interrupted, as by pooltoy_kill_worker
 *  - POOLTOY_RESET: its `reset` runs before anybody gets it, as after the death of its client; without
 *    one this is a checkin
 *
 * `reason` (copied, 200 bytes at most; NULL: none) is for the event, and with POOLTOY_REPLACE for the pool's
 * last_reason and for who is told that the worker crashed. For the rest it is as pooltoy_checkin.
 *
 * Threads: any that has the lease, and in any callback. Does not block.
 *
 * Errors, after which nothing has changed:
 *  - POOLTOY_ESTALE
 *  - POOLTOY_EBUSY: another thread uses the worker's state
 *  - POOLTOY_EINVAL: not a lease, or `how` is neither of the two
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_checkin_failed(const struct pooltoy_lease *lease,
				       enum pooltoy_on_client_death how, const char *reason);

/*
 * Calls the worker: its handle_call runs on its own thread with a copy of `length` bytes of
 * `request`, and the reply is copied to `reply`. *reply_length is the buffer's size before and the
 * reply's afterwards. Both may be NULL if no reply is of interest.
 *
 * Threads: any that has the lease, one at a time. Blocks up to timeout_ms; a cancellation point.
 *
 * Returns 0, the code that the handler replied with (pooltoy_reply_error), or:
 *  - POOLTOY_ETIMEDOUT: if the handler had not begun, it never will. If it had, `interrupt` has
 *    been run, and the worker is busy until the handler returns: the lease can be checked in at
 *    once, but calls answer POOLTOY_EBUSY. If the handler takes longer than `grace`, the worker is
 *    killed and replaced
 *  - POOLTOY_ECRASHED: the worker died; pooltoy_last_error has the reason. The lease has ended
 *  - POOLTOY_ETOOSMALL: *reply_length is the size needed; the reply stays to be fetched by
 *    pooltoy_call_reply
 *  - POOLTOY_EBUSY: the state is in use, or another call is
 *  - POOLTOY_ESTALE
 *  - POOLTOY_EINVAL: also if the worker has no handle_call
 *  - POOLTOY_EDEADLK: from a callback of this very worker
 *  - POOLTOY_ENOMEM
 *  - POOLTOY_EFORKED
 *  - POOLTOY_ETHREADEXITED
 */
POOLTOY_API int pooltoy_call(const struct pooltoy_lease *lease, const void *request, size_t length,
			     void *reply, size_t *reply_length, int timeout_ms) POOLTOY_MUST_CHECK;

/*
 * Fetches the reply that did not fit, without running the handler again. It stays until the lease's
 * next call or its end.
 *
 * Threads: any that has the lease, one at a time. Does not block.
 *
 * Returns 0, the code that the handler replied with, or:
 *  - POOLTOY_ETOOSMALL: again; *reply_length is the size needed
 *  - POOLTOY_ENOENT: there is none
 *  - POOLTOY_EBUSY: a call is running
 *  - POOLTOY_ESTALE
 *  - POOLTOY_EINVAL
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_call_reply(const struct pooltoy_lease *lease, void *reply,
				   size_t *reply_length) POOLTOY_MUST_CHECK;

/*
 * Sends the worker a message: its handle_cast runs on its own thread with a copy of it. Nobody
 * waits for that.
 *
 * Casts run in the order they were sent, and before any call that is made later. Those of a lease
 * that has ended run before the next lease begins. They are lost if the worker dies.
 *
 * Threads: any that has the lease. Does not block.
 *
 * Errors:
 *  - POOLTOY_EAGAIN: the spec's max_casts wait already
 *  - POOLTOY_EBUSY: the state is in use
 *  - POOLTOY_ESTALE
 *  - POOLTOY_EINVAL: also if the worker has no handle_cast
 *  - POOLTOY_ENOMEM
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_cast(const struct pooltoy_lease *lease, const void *message,
			     size_t length) POOLTOY_MUST_CHECK;

/*
 * The worker's state itself, as its init made it, for the calling thread's own use, with no hop to
 * another thread. For states that are not bound to a thread.
 *
 * Nobody else uses it meanwhile, not even the worker: whatever ends the lease, no callback runs
 * before the state is given back: by this thread's pooltoy_lease_state_done or checkin, or by its
 * end.
 *
 * Threads: any that has the lease, one at a time. Does not block.
 *
 * Errors:
 *  - POOLTOY_EBUSY: it is in use, or a call or cast is
 *  - POOLTOY_EISOLATED: the worker is a child process
 *  - POOLTOY_ESTALE
 *  - POOLTOY_EINVAL
 *  - POOLTOY_ENOMEM
 *  - POOLTOY_EFORKED
 *  - POOLTOY_ETHREADEXITED
 */
POOLTOY_API int pooltoy_lease_state(const struct pooltoy_lease *lease,
				    void **state) POOLTOY_MUST_CHECK;

/*
 * Gives the state back; the lease goes on.
 *
 * Threads: the one that took it. Does not block.
 *
 * Errors:
 *  - POOLTOY_ESTALE: the lease has ended meanwhile (the state is given back all the same), or this
 *    thread does not have its state
 *  - POOLTOY_EINVAL
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_lease_state_done(const struct pooltoy_lease *lease);

/*
 * Checkout, function, checkin; the last whatever happens in between: return, pthread_exit or
 * cancellation. Returns what `function` does. If it is the checkout that failed, returns its code,
 * and function has not run. The lease is the caller's for the function's duration.
 *
 * Threads: any, and in any callback. Blocks as pooltoy_checkout does.
 *
 * Errors: those of pooltoy_checkout; POOLTOY_EINVAL also if function is NULL.
 */
POOLTOY_API int pooltoy_transaction(struct pooltoy_pool *pool,
				    int (*function)(const struct pooltoy_lease *lease,
						    void *argument),
				    void *argument, int timeout_ms);

struct pooltoy_client;
/*
 * Takes over a lease, however it came here: from now on it is `client`'s, or the calling thread's
 * if that is NULL. *lease is the new one; copies of the old one are stale. The one who hands over
 * needs to do nothing.
 *
 * Threads: any that has the lease. Does not block.
 *
 * Errors:
 *  - POOLTOY_EBUSY: its state is in use, or a call is
 *  - POOLTOY_ECLOSED: the client has been closed; the lease is as it was
 *  - POOLTOY_EQUOTA: it has as many leases as it may; the lease is as it was. One that it has already
 *    counts as one more
 *  - POOLTOY_ESTALE
 *  - POOLTOY_EINVAL
 *  - POOLTOY_ENOMEM: the lease is as it was
 *  - POOLTOY_EFORKED
 *  - POOLTOY_ETHREADEXITED
 */
POOLTOY_API int pooltoy_lease_adopt(struct pooltoy_client *client,
				    struct pooltoy_lease *lease) POOLTOY_MUST_CHECK;

/*
 * The index of the leased worker, from 0.
 *
 * Threads: any that has the lease. Does not block.
 *
 * Errors:
 *  - POOLTOY_ESTALE
 *  - POOLTOY_EINVAL
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_lease_worker(const struct pooltoy_lease *lease);

POOLTOY_END_DECLS

#endif
