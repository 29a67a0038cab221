/* SPDX-License-Identifier: MIT */
/* pooltoy/status.h: how pools are, and who holds what. */
#ifndef POOLTOY_STATUS_H
#define POOLTOY_STATUS_H

#include <stddef.h>
#include <stdint.h>
#include <pooltoy/error.h>
#include <pooltoy/pool.h>

POOLTOY_BEGIN_DECLS

/* A pool's state: the first of these, from STOPPED up, that applies; but for the last two, as they say. */
enum pooltoy_pool_state {
	/* A worker is idle, or overflow may start. */
	POOLTOY_POOL_READY = 1,
	/* None of the `size` is idle; overflow workers are at work, and more may start. */
	POOLTOY_POOL_OVERFLOW,
	/* Every worker is leased and no further one may start. */
	POOLTOY_POOL_FULL,
	/* No worker has come up yet in this instance. */
	POOLTOY_POOL_STARTING,
	/* Fewer than `size` workers live, since their init fails; last_reason says why. */
	POOLTOY_POOL_DEGRADED,
	/* Too many restarts: waiting for the next. */
	POOLTOY_POOL_BACKOFF,
	/* Given up; pooltoy_pool_revive. */
	POOLTOY_POOL_FAILED,
	POOLTOY_POOL_STOPPED,
	/* Nobody is granted a worker until pooltoy_pool_resume. Comes before the first five alone. */
	POOLTOY_POOL_PAUSED,
	/* Being stopped by POOLTOY_STOP_DRAIN: what has begun goes on. Comes before all but STOPPED. */
	POOLTOY_POOL_DRAINING
};

/* "ready", "overflow", ...; "unknown" for anything else. Any thread, any callback. */
POOLTOY_API const char *pooltoy_pool_state_name(enum pooltoy_pool_state state);

/*
 * Figures of a pool. Counts are taken one by one while the pool runs: each is right, their sum may
 * be off by what happens meanwhile.
 */
struct pooltoy_pool_status {
	size_t struct_size; /* set by POOLTOY_POOL_STATUS_INIT */
	enum pooltoy_pool_state state;
	int size, max_overflow; /* as specified, or resized */

	int idle;        /* workers that can be checked out at once */
	int leased;      /* workers that clients hold, or that serve tasks */
	int resetting;   /* workers that clean up after a lease */
	int starting;    /* workers in init */
	int stopping;    /* workers on their way out, not quarantined */
	int quarantined; /* threads stuck in user code; not counted above */
	int overflow;    /* idle, leased or resetting workers beyond `size` */
	int waiting;     /* clients in the checkout queue */
	int monitored;   /* of those leased, in the instance's monitor table with their client */

	uint64_t instance;       /* number of the current instance, from 1 */
	uint64_t instance_ns;    /* since it began */
	uint64_t restarts;       /* of the pool, since it was started */
	uint64_t worker_deaths;  /* workers that broke or were killed */
	uint64_t start_failures; /* of workers: init failed, or no thread */
	uint64_t checkouts;      /* leases granted */
	uint64_t waits;          /* checkouts that had to wait */
	uint64_t timeouts;       /* checkouts that gave up waiting */
	uint64_t client_deaths;  /* leases ended by the end of their client */
	char last_reason[256];   /* of the last failure in this pool, "" if there was none */

	int tasks_waiting;  /* (one that was cancelled counts until those before it have begun) */
	uint64_t tasks_run; /* tasks that workers have run to their ends */
	uint64_t tasks_cancelled; /* by pooltoy_task_cancel */

	uint64_t queue_full; /* checkouts refused since as many waited as may: max_queue */
	uint64_t shed;       /* checkouts that waited for too long while the pool was overloaded */

	uint64_t resizes;         /* by pooltoy_pool_resize, as far as the manager has followed */
	uint64_t failed_checkins; /* by pooltoy_checkin_failed */
	uint64_t
		retired; /* workers replaced since they were over a limit: max_lifetime, max_uses */
	int withheld;    /* workers that are free, but granted to nobody: the pool is paused */
	int to_replace;  /* workers that pooltoy_pool_replace_workers has yet to replace */
	/* Checkouts and adoptions refused since their client had as many as it may: max_leases_per_client,
	 * max_waiters_per_client. */
	uint64_t over_quota;
	uint64_t expired; /* workers that were dismissed, since they were idle for too long */
	int kept; /* of `size`, workers that stay, or are replaced, though nobody waits: see `lazy` */
	int max_workers;        /* as specified */
	uint64_t pings;         /* that have run, well or badly */
	uint64_t ping_failures; /* workers whose ping said that they are broken, or took too long */

	uint64_t leases_overdue;   /* leases that were held for longer than lease_limit */
	uint64_t leases_reclaimed; /* of those, taken back */

	/* Those that their callers, or their tokens, gave up before there was an outcome. (timeouts: the
	 * checkouts that were out of time.) */
	uint64_t checkouts_cancelled;
	uint64_t calls_timed_out;
	uint64_t calls_cancelled;
	uint64_t tasks_timed_out; /* before they began */
};
#define POOLTOY_POOL_STATUS_INIT \
	{ \
		sizeof(struct pooltoy_pool_status), POOLTOY_POOL_READY, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
			0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, { 0 }, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
			0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
	}

/*
 * Fills in *status, which was set to POOLTOY_POOL_STATUS_INIT.
 *
 * Threads: any, and in any callback. Takes no lock that a checkout takes.
 *
 * Errors:
 *  - POOLTOY_EINVAL
 *  - POOLTOY_EFORKED
 */
#if defined(__cplusplus) && defined(__GNUC__)
/* The structure is named as the function is, which g++ takes for a shadow. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif
POOLTOY_API int pooltoy_pool_status(struct pooltoy_pool *pool, struct pooltoy_pool_status *status);
#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

enum pooltoy_node_type {
	POOLTOY_NODE_SUPERVISOR = 1,
	POOLTOY_NODE_POOL,
	POOLTOY_NODE_MANAGER,
	POOLTOY_NODE_WORKER
};

enum pooltoy_worker_state {
	POOLTOY_WORKER_STARTING = 1,
	POOLTOY_WORKER_IDLE,
	POOLTOY_WORKER_LEASED,
	POOLTOY_WORKER_RESETTING,
	POOLTOY_WORKER_STOPPING,
	POOLTOY_WORKER_QUARANTINED,
	POOLTOY_WORKER_WITHHELD /* free, but granted to nobody */
};

/* "starting", "idle", ...; "unknown" for anything else. Any thread, any callback. */
POOLTOY_API const char *pooltoy_worker_state_name(enum pooltoy_worker_state state);

/*
 * One node of the tree. Valid, with all it points to, until the visit returns. What does not apply
 * to its type is 0 or NULL.
 */
struct pooltoy_node {
	size_t struct_size; /* of the library's structure: do not touch what your header lacks */
	enum pooltoy_node_type type;
	int depth;      /* 0: the supervisor, 1: pools, 2: managers and workers */
	long thread_id; /* as ps -L shows it; 0: has none now */

	const char *pool;                         /* pool, manager, worker: the pool's name */
	const struct pooltoy_pool_status *status; /* pool */

	int worker;                      /* worker: its index */
	enum pooltoy_worker_state state; /* worker */
	int calling;                     /* worker: true while a call or cast is in it */
	uint64_t leases;                 /* worker: how many it has served */

	/* A worker that is leased, with its entry in the monitor table: */
	int monitored;           /* true if the entry is there */
	long holder_thread_id;   /* the client, if it is a thread; else the thread that checked out;
				* of "tasks": the worker's own */
	char holder_name[32];    /* the client, if it is an explicit one, or "tasks"; else "" */
	uint64_t held_ns;        /* since when, to the clock tick (1 to 10 ms) */
	const void *acquired_at; /* the return address of the checkout */

	uint64_t tasks; /* worker: how many it has run to their ends */

	long process_id; /* worker: its child process; 0: has none now, or runs in threads */
};

/*
 * Visits the supervisor's tree: the supervisor, then each pool in the order of their starts, its
 * manager, its workers by index. Pools that start or stop meanwhile may be missed. A visit that
 * returns non-zero ends the walk.
 *
 * Threads: any, and in any callback. No lock is held during a visit.
 *
 * Returns 0, what the visit returned, or:
 *  - POOLTOY_EINVAL
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_walk(struct pooltoy_supervisor *supervisor,
			     int (*visit)(const struct pooltoy_node *node, void *argument),
			     void *argument);

POOLTOY_END_DECLS

#endif
