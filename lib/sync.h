/* SPDX-License-Identifier: MIT */
/* sync.h: the only door to atomics, locks, threads, clocks, memory, spinning and RCU. */
#ifndef POOLTOY_LIB_SYNC_H
#define POOLTOY_LIB_SYNC_H

/*
 * Two sides behind one interface:
 *  - sync_threads.h, the product: real threads; everything is inline and costs nothing;
 *  - sync_fibers.h (tests/explore/, with -DPOOLTOY_EXPLORE): a scheduler on fibers in one OS
 * thread. Each call is a scheduling point, time is virtual, spinning is blocking, and thread starts
 * and allocations can fail. No other file of the library includes pthread.h, stdatomic.h, time.h or
 * a header of liburcu.
 *
 * What either side provides, besides the atomics below:
 *
 *   SYNC_POINT(operation, object)       a scheduling point, before an access to a shared object;
 * nothing in the product SYNC_THREAD_LOCAL(type, name)       defines `type *name(void)`: the
 * calling thread's own zero-initialized object. At file level.
 *
 *   SYNC_GLOBAL(name)                   after the definition of a static object that changes: the
 * explorer puts it back between schedules
 *
 *   struct sync_mutex                   int sync_mutex_init(m, rank); sync_mutex_destroy(m);
 * sync_mutex_lock(m); sync_mutex_unlock(m); SYNC_MUTEX_INITIALIZER(rank)        for the few that
 * are global struct sync_cond                    int sync_cond_init(c); sync_cond_destroy(c);
 * sync_cond_signal(c); bool sync_cond_wait_until(c, m, deadline): false once the deadline (ns) has
 * passed; a cancellation point, holding the mutex again when cleanup handlers run
 *
 *   struct sync_thread                  int sync_thread_start(t, name, stack_size, body, argument):
 * 0 or EAGAIN; *t must stay in place until sync_thread_join(t). Signals are blocked as
 * architecture.md, section 2, says; cancellation is disabled. sync_thread_exit() ends the calling
 * thread, running cleanup handlers; does not return sync_cleanup_push(function, arg)    a pair, in
 * one block, as pthread_cleanup_push sync_cleanup_pop(run) int sync_cancel_disable()           the
 * state before, for sync_cancel_restore(state) long sync_thread_id()               as ps -L shows
 * it int sync_at_thread_end(function, value) has function(value) run as the calling thread ends,
 * after its cleanup handlers: once for each call, so that a function which calls this again from
 * inside is re-armed, for as many rounds as the system has (SYNC_THREAD_END_ROUNDS). The function
 * must be the same throughout the process. 0 or ENOMEM/EAGAIN. int sync_cpus() processors this
 * process may run on
 *
 *   uint64_t sync_now(), sync_now_coarse()   CLOCK_MONOTONIC, ns; the second is cheap and as
 * precise as the clock tick uint64_t sync_random()                   not for secrets: jitter void
 * *sync_alloc(size), sync_alloc_lines(size), sync_resize(p, old, new), sync_free(p) zeroed; _lines:
 * aligned to SYNC_CACHE_LINE; NULL when there is no memory
 *
 *   sync_spin_until(condition, spins)   true as soon as the condition is, false after so many
 * looks; the explorer looks once sync_yield_until(condition)         until the condition is true,
 * for waits as short as another thread's few instructions
 *
 *   sync_rcu_read_lock(), sync_rcu_read_unlock(), sync_rcu_synchronize()
 *   struct sync_queue, struct sync_queue_node    many senders, one receiver (cds_wfcq):
 * sync_queue_init(q); sync_queue_push(q, node); node *sync_queue_pop(q): NULL also while a sender
 * is in the middle of a push struct sync_map, struct sync_map_node        a hash table read under
 * RCU (cds_lfht): bool sync_map_init(m); sync_map_destroy(m); sync_map_add(m, hash, node);
 * sync_map_remove(m, node); writers hold a lock of their own; node *sync_map_find(m, hash, match,
 * key), inside a read-side section
 *
 *   unsigned sync_fork_epoch()          how many forks lie between this process and the one that
 * first asked void sync_fork_watch()              starts counting; any number of times
 *   sync_fork_prepare(), sync_fork_parent(), sync_fork_child(); bool sync_fork_bracketed()
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYNC_CACHE_LINE   64
#define SYNC_LINE_ALIGNED _Alignas(SYNC_CACHE_LINE)

/*
 * Lock ranks: a thread takes a lock only while all that it holds rank lower. Checked in debug
 * builds and in the explorer. A lock that is not listed beside another one here is never held
 * together with it.
 */
enum lock_rank {
	RANK_SUPERVISOR, /* a supervisor's list of pools and its registry's writers */
	RANK_CLIENT,     /* an explicit client's memberships and closed flag */
	RANK_QUEUE,      /* a pool's checkout queue */
	RANK_ORDER,      /* a pool's strict order of idle workers (lifo, fifo) */
	RANK_CASTS,      /* a worker's queue of casts */
	RANK_REASON,     /* a pool's last reason */
	RANK_EVENTS,     /* a supervisor's ring of events */
	RANK_REAPER,     /* whether a reaper still takes */
	RANK_PARKERS,    /* the free parkers, process-wide */
	RANK_PARKER,     /* one parker */
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
 * Figures: shared numbers that inform and never decide, read and written without order. No
 * scheduling point, since no decision hangs on them. _add is for a figure with one writer at a
 * time; with several it may miss some.
 */
#define figure_load(object)         atomic_load_explicit(object, memory_order_relaxed)
#define figure_store(object, value) atomic_store_explicit(object, value, memory_order_relaxed)
#define figure_add(object, value)   figure_store(object, figure_load(object) + (value))
#define figure_add_shared(object, value) \
	((void)atomic_fetch_add_explicit(object, value, memory_order_relaxed))

#endif
