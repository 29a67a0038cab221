/* SPDX-License-Identifier: MIT */
/* pooltoy/event.h: what a supervisor tells about its pools while they run. */
#ifndef POOLTOY_EVENT_H
#define POOLTOY_EVENT_H

#include <stddef.h>
#include <stdint.h>
#include <pooltoy/error.h>

POOLTOY_BEGIN_DECLS

/* What happened. */
enum pooltoy_event_type {
	POOLTOY_EVENT_POOL_STARTED = 1, /* by pooltoy_start_pool */
	POOLTOY_EVENT_POOL_STOPPED,     /* by pooltoy_stop_pool, or with its supervisor */
	POOLTOY_EVENT_POOL_CRASHED,     /* its manager died; `reason` says of what */
	POOLTOY_EVENT_POOL_RESTARTED,   /* a new instance runs; duration_ns since the crash */
	POOLTOY_EVENT_POOL_BACKOFF,     /* too many restarts; duration_ns until the next */
	POOLTOY_EVENT_POOL_FAILED,      /* given up */
	POOLTOY_EVENT_POOL_REVIVED,     /* by pooltoy_pool_revive */

	POOLTOY_EVENT_WORKER_STARTED,      /* its init returned 0, after duration_ns */
	POOLTOY_EVENT_WORKER_START_FAILED, /* its init failed, or no thread or memory was there */
	POOLTOY_EVENT_WORKER_DIED,         /* it broke, was killed, or checked in as failed */
	POOLTOY_EVENT_WORKER_STOPPED, /* the pool had no more use for it, or a limit was reached */
	POOLTOY_EVENT_WORKER_QUARANTINED, /* it is stuck in user code; another takes its place */
	POOLTOY_EVENT_WORKER_RETURNED,    /* it came back, and has ended; not told after a stop */

	POOLTOY_EVENT_CLIENT_DIED,          /* a client ended and held this worker */
	POOLTOY_EVENT_SUPERVISOR_RESTARTED, /* its thread died and runs again; `pool` is "" */

	POOLTOY_EVENT_POOL_OVERLOADED, /* clients are refused, or shed; `reason` says why */
	POOLTOY_EVENT_POOL_RELIEVED, /* no more, for an interval; duration_ns since the one before */

	POOLTOY_EVENT_POOL_RESIZED, /* by pooltoy_pool_resize; `reason` says from what to what */
	POOLTOY_EVENT_WORKER_RESET, /* checked in as failed, to be reset; `reason` says why */
	POOLTOY_EVENT_POOL_PAUSED,  /* by pooltoy_pool_pause, or pooltoy_pool_drain */
	POOLTOY_EVENT_POOL_RESUMED, /* by pooltoy_pool_resume */
	POOLTOY_EVENT_POOL_DRAINED, /* by pooltoy_pool_drain, after duration_ns: nothing is left */

	POOLTOY_EVENT_WORKERS_REPLACED, /* by pooltoy_pool_replace_workers, after duration_ns: all */

	POOLTOY_EVENT_LEASE_OVERDUE, /* held for duration_ns, over lease_limit; reason: by whom */

	/* Refused, as it has what it may (max_leases_per_client, max_waiters_per_client); reason: whom.
	 * At most once a second for a pool. */
	POOLTOY_EVENT_CLIENT_OVER_QUOTA
};

enum pooltoy_severity { POOLTOY_INFO = 1, POOLTOY_WARNING, POOLTOY_ERROR };

/* One event. Valid, with its strings, until the callback returns. */
struct pooltoy_event {
	size_t struct_size; /* of the library's structure: do not touch what your header lacks */
	enum pooltoy_event_type type;
	enum pooltoy_severity severity;
	const char *pool;     /* the pool's name */
	int worker;           /* the worker's index, or -1 */
	uint64_t instance;    /* the pool's instance, from 1 */
	uint64_t time_ns;     /* CLOCK_MONOTONIC */
	uint64_t duration_ns; /* see the types; else 0 */
	const char *reason;   /* in words; "" if there is none */
	uint64_t dropped;     /* how many events were lost since the one before this */

	/* POOLTOY_EVENT_LEASE_OVERDUE; else 0. */
	long holder_thread_id;   /* of who checked out */
	const void *acquired_at; /* the return address of the checkout */

	/* Where a thread is, or was, innermost frame first: "OBJECT+OFFSET(SYMBOL) OBJECT+OFFSET ...", the
	 * offsets as addr2line(1) takes them, the symbols as far as they are exported. NULL: unknown.
	 * POOLTOY_EVENT_LEASE_OVERDUE: of the checkout, with lease_backtrace. POOLTOY_EVENT_WORKER_QUARANTINED: of
	 * the worker's thread, with stack_signal. */
	const char *stack;
};

/*
 * A receiver of events, for struct pooltoy_supervisor_spec.
 *
 * Threads: runs on the supervisor's notifier thread, one event at a time, with no lock held. May
 * block, which delays further events and interrupts. May call the library, but for what waits for
 * the notifier itself: of its own supervisor, pooltoy_supervisor_stop answers POOLTOY_EDEADLK. While
 * it stops a pool, it delivers no interrupts: workers that hang are quarantined.
 */
typedef void pooltoy_event_fn(const struct pooltoy_event *event, void *argument);

/*
 * Writes the event as one line of text without a newline, such as
 *
 *     pool "poolio": worker 2 died: out of memory
 *
 * Cuts it to `size` bytes with the final 0, and returns the length that the whole would have, as
 * snprintf does. With size 0 nothing is written, and buffer may be NULL.
 *
 * Threads: any, and in any callback. Does not block.
 */
POOLTOY_API size_t pooltoy_event_format(const struct pooltoy_event *event, char *buffer,
					size_t size);

/*
 * Receivers, ready made, for struct pooltoy_supervisor_spec. The first two write each event of at
 * least the severity that `argument` points to (an enum pooltoy_severity; NULL: POOLTOY_WARNING)
 * as one line to stderr, or to syslog(3). The third drops everything.
 */
POOLTOY_API void pooltoy_event_log_stderr(const struct pooltoy_event *event, void *argument);
POOLTOY_API void pooltoy_event_log_syslog(const struct pooltoy_event *event, void *argument);
POOLTOY_API void pooltoy_event_ignore(const struct pooltoy_event *event, void *argument);

POOLTOY_END_DECLS

#endif
