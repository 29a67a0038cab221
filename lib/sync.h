/* SPDX-License-Identifier: MIT */
/* sync.h: the only door to atomics, locks, threads, clocks, memory, spinning and RCU. */
#ifndef POOLTOY_LIB_SYNC_H
#define POOLTOY_LIB_SYNC_H

/*
 * Two sides behind one interface:
 *  - sync_threads.h, the product: real threads; everything is inline and costs nothing;
 *  - sync_fibers.h (tests/explore/, with -DPOOLTOY_EXPLORE): a scheduler of fibers on one thread.
 *    Each call is a scheduling point, time is virtual, spinning is blocking, and thread starts and
 *    allocations can fail.
 * No other file of the library includes pthread.h, stdatomic.h, time.h or a header of liburcu.
 *
 * What either side provides, besides the atomics below:
 *
 * SYNC_POINT(operation, object)
 *	A scheduling point, before an access to a shared object. Nothing in the product; in builds with
 *	POOLTOY_DELAYS, for tests, a delay now and then.
 * SYNC_FIGURE(operation, object)
 *	An access without a scheduling point, for the explorer's books.
 * SYNC_THREAD_LOCAL(type, name);
 *	At file level: defines `type *name(void)`, the calling thread's own zero-initialized object.
 * SYNC_THREAD_LOCAL_SHARED(type, name); SYNC_THREAD_LOCAL_OBJECT(type, name);
 *	The same in two parts: in a header, for all who include it; and in the one file that has it.
 * SYNC_GLOBAL(name);
 *	After the definition of a static object that changes: the explorer puts it back between
 *	schedules.
 *
 * int sync_mutex_init(m, rank); sync_mutex_destroy(m); sync_mutex_lock(m); sync_mutex_unlock(m)
 *	struct sync_mutex. SYNC_MUTEX_INITIALIZER(rank) is for the few that are global.
 * int sync_cond_init(c); sync_cond_destroy(c); sync_cond_signal(c)
 *	struct sync_cond.
 * bool sync_cond_wait_until(c, m, deadline)
 *	False once the deadline (ns) has passed. A cancellation point; cleanup
 *	handlers find the mutex locked.
 *
 * int sync_thread_start(t, name, stack_size, body, argument)
 * int sync_thread_start_guarded(t, name, stack_size, guard_size, body, argument)
 *	0 or an errno value. *t must stay in place until sync_thread_join(t), or
 *	sync_thread_detach(t). Signals are blocked, but for those of faults and SIGPROF; cancellation is disabled.
 * sync_thread_exit()
 *	Ends the calling thread, running cleanup handlers.
 * sync_cleanup_push(function, argument); sync_cleanup_pop(run)
 *	A pair in one block, as pthread_cleanup_push.
 * int sync_cancel_disable(); sync_cancel_restore(before)
 * long sync_thread_id()
 *	As ps -L shows it.
 * int sync_at_thread_end(function, value)
 *	Has function(value) run as the calling thread ends, after its cleanup handlers: once for
 *	each call, so that a function which calls this again from inside is re-armed,
 *	SYNC_THREAD_END_ROUNDS times in all. The function must be the same throughout the process. 0 or an errno value.
 * int sync_cpus()
 *	Processors that this process may run on.
 *
 * uint64_t sync_now(); sync_now_coarse()
 *	CLOCK_MONOTONIC, ns. The second is cheap, and as precise as the clock tick.
 * uint64_t sync_random()
 *	For jitter, not for secrets.
 * void *sync_alloc(size); sync_alloc_lines(size); sync_free(p)
 *	Zeroed; the first aligned for any type, the second to SYNC_CACHE_LINE. NULL when there is no
 *	memory. The product's ask the program's allocator if it has set one (pooltoy_set_allocator).
 *
 * bool sync_spin_until(condition, spins)
 *	True as soon as the condition is, false after so many looks, or sooner if others wait for
 *	this processor; the explorer looks once.
 * sync_yield_until(condition)
 *	For waits as short as another thread's few instructions.
 *
 * sync_rcu_read_lock(); sync_rcu_read_unlock(); sync_rcu_synchronize()
 * sync_queue_init(q); sync_queue_push(q, node); node *sync_queue_pop(q)
 *	struct sync_queue, struct sync_queue_node: many senders, one receiver (cds_wfcq). Pop
 *	gives NULL also while a sender is in the middle of a push.
 *
 * int sync_event_init(e); sync_event_destroy(e)
 *	struct sync_event: a descriptor that is readable while the event is set, for who waits in
 *	poll(2) or the like. 0 or an errno value.
 * sync_event_set(e); sync_event_reset(e); int sync_event_descriptor(e)
 *	No cancellation points.
 *
 * int sync_fork_watch()
 *	From now on forks are counted. 0 or an errno value.
 * unsigned sync_fork_epoch()
 *	Differs between this process and those that it was forked from, since the first watch.
 * sync_fork_prepare(); sync_fork_parent(); sync_fork_child()
 *	The bracket around a fork; bool sync_fork_bracketed(): this process was forked inside one.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYNC_CACHE_LINE   64
#define SYNC_LINE_ALIGNED _Alignas(SYNC_CACHE_LINE)

/* A function kept out of its caller, whose fast path is not to save registers for it. */
#define SYNC_SLOW_PATH __attribute__((noinline, cold))
/* Part of its callers, of which one is a fast path. */
#define SYNC_FAST_PATH inline __attribute__((always_inline))

/*
 * Lock ranks: a thread takes a lock only while all that it holds rank lower. Checked in debug
 * builds and in the explorer. A lock that is not listed beside another one here is never held
 * together with it.
 */
enum lock_rank {
	RANK_SUPERVISOR,  /* a supervisor's list of pools and its registry's writers */
	RANK_WITHHOLDING, /* a pool's: which workers are withheld */
	RANK_CLIENT,      /* an explicit client's memberships and closed flag */
	RANK_QUEUE,       /* a pool's checkout queue */
	RANK_ORDER,       /* a pool's strict order of idle workers (lifo, fifo) */
	RANK_CASTS,       /* a worker's queue of casts */
	RANK_CHILD,       /* a worker's child process: that it is not closed */
	RANK_READY,       /* who waits until a pool's workers are up */
	RANK_REASON,      /* a pool's last reason */
	RANK_DEADLINES,   /* a pool's deadlines of operations */
	RANK_RECORDS,     /* a completion queue's records, and its ready ones once it is closed */
	RANK_EVENTS,      /* a supervisor's ring of events */
	RANK_REAPER,      /* whether a reaper still takes */
	RANK_CANCEL,      /* a cancel token's watches */
	RANK_REAPING,     /* child processes are reaped one at a time, process-wide */
	RANK_PARKERS,     /* the free parkers, process-wide */
	RANK_PARKER,      /* one parker */
	RANK_COUNT
};

#ifdef POOLTOY_EXPLORE
#include "sync_fibers.h"
#else
#include "sync_threads.h"
#endif

/* Atomics: C11's, with the order spelled out at each use. A failed sync_cas reads with the order's
 * acquire part. */
#define sync_atomic(type) _Atomic(type)
#define sync_load(object, order) \
	(SYNC_POINT("load", object), atomic_load_explicit(object, memory_order_##order))
#define sync_store(object, value, order) \
	(SYNC_POINT("store", object), atomic_store_explicit(object, value, memory_order_##order))
#define sync_exchange(object, value, order) \
	(SYNC_POINT("exchange", object), \
	 atomic_exchange_explicit(object, value, memory_order_##order))
#define sync_cas(object, expected, desired, order) \
	(SYNC_POINT("cas", object), \
	 atomic_compare_exchange_strong_explicit(object, expected, desired, memory_order_##order, \
						 SYNC_CAS_FAILURE_##order))
#define SYNC_CAS_FAILURE_relaxed memory_order_relaxed
#define SYNC_CAS_FAILURE_acquire memory_order_acquire
#define SYNC_CAS_FAILURE_release memory_order_relaxed
#define SYNC_CAS_FAILURE_acq_rel memory_order_acquire
#define SYNC_CAS_FAILURE_seq_cst memory_order_seq_cst
#define sync_fetch_add(object, value, order) \
	(SYNC_POINT("add", object), atomic_fetch_add_explicit(object, value, memory_order_##order))
#define sync_fetch_sub(object, value, order) \
	(SYNC_POINT("sub", object), atomic_fetch_sub_explicit(object, value, memory_order_##order))
#define sync_fetch_or(object, value, order) \
	(SYNC_POINT("or", object), atomic_fetch_or_explicit(object, value, memory_order_##order))
#define sync_fetch_and(object, value, order) \
	(SYNC_POINT("and", object), atomic_fetch_and_explicit(object, value, memory_order_##order))

/*
 * Figures: shared numbers that inform, read and written without order. No scheduling point, so no
 * decision may hang on what another thread does meanwhile: what decides is a sync_load, relaxed if
 * something else orders it. _add is for a figure with one writer at a time; with several it may
 * miss some.
 */
#define figure_load(object) \
	(SYNC_FIGURE("load", object), atomic_load_explicit(object, memory_order_relaxed))
#define figure_store(object, value) \
	(SYNC_FIGURE("store", object), atomic_store_explicit(object, value, memory_order_relaxed))
#define figure_add(object, value) figure_store(object, figure_load(object) + (value))
#define figure_add_shared(object, value) \
	(SYNC_FIGURE("add", object), \
	 (void)atomic_fetch_add_explicit(object, value, memory_order_relaxed))

#endif
