/* SPDX-License-Identifier: MIT */
/* pool.h: the pool as its actors share it: what outlives instances, managers and workers. */
#ifndef POOLTOY_LIB_POOL_H
#define POOLTOY_LIB_POOL_H

#include "broker.h"
#include "deadlines.h"
#include "elasticity.h"
#include "health.h"
#include "isolation.h"
#include "lease_watch.h"
#include "metrics.h"
#include "monitor_table.h"
#include "notifier.h"
#include "overload_watch.h"
#include "ready.h"
#include "reaper.h"
#include "restart_policy.h"
#include "rolling.h"
#include "sync_placement.h"
#include "thread.h"
#include "timer_queue.h"

#include <pooltoy/pool.h>

struct drainer;
struct pooltoy_worker;
struct pooltoy_supervisor;

enum { POOL_NAME_SIZE = 64, POOL_REASON_SIZE = 256 };

/* The specification with its defaults filled in, in ns and in the pool's own memory. */
struct pool_config {
	char name[POOL_NAME_SIZE];
	struct pooltoy_worker_ops ops;
	void *argument;
	void (*release)(void *argument);
	unsigned size, max_overflow; /* at the start; then see struct elasticity */
	unsigned max_workers;        /* both, whatever they become */
	unsigned max_starting;       /* UINT_MAX: any number */
	unsigned min_size;           /* UINT_MAX: the size */
	uint64_t idle_ttl, overflow_ttl;
	enum broker_strategy strategy;
	bool replace_on_client_death, exclusive, lazy;
	unsigned max_restarts, max_casts, max_tasks, max_spins;
	uint64_t restart_period, give_up_after;
	uint64_t backoff_min, backoff_max;
	uint64_t shutdown, grace, starvation;
	size_t stack_size, guard_size;
	unsigned max_queue;                                     /* UINT_MAX: any number */
	unsigned max_leases_per_client, max_waiters_per_client; /* the same */
	uint64_t queue_target, queue_interval;
	struct sync_placement placement; /* its set is the pool's */
	struct health_limits health;
	uint64_t lease_limit; /* 0: none */
	bool lease_reclaim, lease_backtrace;
	int stack_signal;            /* 0: none */
	uint64_t stack_wait;         /* ns */
	unsigned max_quarantined;    /* UINT_MAX: any number */
	struct isolation *isolation; /* the pool's; NULL: its workers are threads of this process */
};

/*
 *   RUNNING -> BACKOFF | FAILED              the supervisor, when the manager died
 *   BACKOFF -> RUNNING                       the manager, when the delay is over
 *   FAILED, BACKOFF -> RUNNING               pooltoy_pool_revive
 *   RUNNING -> DRAINING                      pooltoy_stop_pool_with: closed to all from then on; what has
 *                                            begun goes on, and tasks that wait
 *   any -> STOPPED                           pooltoy_stop_pool: closed to all from then on
 *
 * Written under the checkout queue's lock, by which entering and closing are one step.
 */
enum pool_state { POOL_RUNNING, POOL_BACKOFF, POOL_FAILED, POOL_STOPPED, POOL_DRAINING };

/* How a stop ends; it is settled once. */
enum stop_outcome {
	STOP_PENDING,
	STOP_CLEAN,    /* no thread of the pool is left: who stopped it runs `release` */
	STOP_STUCK,    /* but for threads in quarantine: the last of them runs `release` */
	STOP_UNSTARTED /* the pool has had no manager: nothing is released */
};

/* Who may wait for it: who stops the pool; and who stops its supervisor meanwhile. */
enum stopper { STOPPER_OF_POOL, STOPPER_OF_SUPERVISOR };

/*
 * What the manager keeps about the workers. Its own, but it lives here, so that the next manager
 * goes on with it.
 */
struct crew {
	uint64_t instance;         /* that it was last swept for */
	bool stopping;             /* swept for the stop */
	uint64_t held_to;          /* the stop's deadline that the crew knows of */
	bool finished;             /* the stop is complete: no manager is needed any more */
	struct pool_bounds bounds; /* that it was last balanced for */
	unsigned live; /* workers that count towards the size and the overflow: starting, or up */
	unsigned starting;  /* of these, those not up yet */
	unsigned leaving;   /* told to stop, or broken; the places of these are not yet free */
	unsigned dismissed; /* told to stop since there were too many: nobody takes their places */
	unsigned overdue;   /* as those that leave, but their places have been given to others */
	unsigned quarantined;
	char death[96]; /* what the manager dies of; "": it is killed */
	struct backoff start_backoff;
	uint64_t start_not_before; /* ns; 0: at once */
	bool restarting; /* the crash has been told, the restart not yet; set by the supervisor */
	uint64_t crashed_at; /* ns */
	struct timer_queue timers;
	struct timer_queue checkups;   /* of workers that are up: worker_health.c */
	struct pooltoy_worker *vacant; /* list */
};

/* One life of the pool: what readers see of it, under RCU. */
struct instance {
	struct reaping reaping;
	struct monitor_table monitors;
};

/* What the slots are part of, since the pool does not know workers. */
struct slot_kind {
	size_t size;
	void (*dispose)(struct slot *slot);
	void (*wake)(struct slot *slot);
	bool (*fits)(struct slot *slot, uint64_t generation); /* with validate_after */
};

struct pooltoy_pool {
	/* Constant. The name is what the configuration begins with: probes give the pool's own address. */
	struct pool_config config;
	const struct slot_kind *kind;
	unsigned fork_epoch;
	struct pooltoy_supervisor *supervisor; /* a reference */
	struct reaper *reaper;                 /* the supervisor's */
	struct notifier *notifier;             /* the supervisor's */
	struct mailbox *supervisor_mailbox;

	struct broker broker;
	struct elasticity elasticity;
	struct ready ready;
	sync_atomic(int) state;                 /* enum pool_state */
	sync_atomic(bool) paused;               /* its workers are withheld */
	struct sync_mutex withholding;          /* withhold.h */
	struct drainer *drainers;               /* list; guarded by the checkout queue's lock */
	sync_atomic(uint64_t) resume_at;        /* ns: end of the backoff; the supervisor's */
	sync_atomic(struct instance *) present; /* RCU; the supervisor's */
	sync_atomic(uint64_t) instance;         /* the supervisor's */

	/* The manager's. */
	struct actor manager;
	struct message demand; /* to the manager: look at the pool */
	struct crew crew;

	/* The supervisor's. */
	struct message attention; /* to the supervisor: look at the pool */
	sync_atomic(bool) start_wanted, manager_gone, revived;
	struct thread *trial;         /* of what its workers ask of the system */
	sync_atomic(bool) trial_over; /* `trial_code` is known */
	int trial_code;
	sync_atomic(int) start_result; /* 1: not yet known */
	sync_atomic(struct parker *) starter;
	struct restart_policy policy;
	struct timer retry;                            /* no thread for the manager was to be had */
	struct pooltoy_pool *older, *newer;            /* guarded by the supervisor's lock */
	sync_atomic(struct pooltoy_pool *) next_named; /* in the registry */
	bool listed, named;

	struct overload_watch overload_watch; /* the manager's */
	struct rolling rolling;               /* the same */
	struct lease_watch lease_watch;       /* the same */

	/* Of operations without a thread; the manager expires them. */
	struct deadlines deadlines;

	/* The end of tasks that wait, when the pool has failed: task.c. */
	struct errand task_ending;
	sync_atomic(bool) tasks_ending; /* the errand is under way */

	/* The stop. */
	sync_atomic(bool) stop_begun;
	bool stopped_with_supervisor;             /* who stops the supervisor has begun it */
	sync_atomic(uint64_t) stop_deadline;      /* when running callbacks are interrupted */
	sync_atomic(int) stop_outcome;            /* enum stop_outcome */
	sync_atomic(struct parker *) stoppers[2]; /* by enum stopper */
	sync_atomic(unsigned) stuck;              /* threads in quarantine; a figure */
	sync_atomic(unsigned) up; /* workers that have come up and not begun to leave; a figure */

	/*
	 * Threads that may run the user's code, and one for "not stopped": at 0 the argument is
	 * released.
	 */
	sync_atomic(unsigned) users;
	/*
	 * Handles, threads, memberships of clients, and one of the supervisor's: at 0 the memory
	 * is.
	 */
	sync_atomic(unsigned) references;

	struct sync_mutex reason_lock;
	char reason[POOL_REASON_SIZE];

	/* Figures. */
	sync_atomic(bool) degraded; /* workers fail to start, and fewer than `size` are up */
	sync_atomic(uint64_t) restarts, worker_deaths, start_failures, waits, timeouts,
		client_deaths, tasks_cancelled, failed_checkins, retired, over_quota, pings,
		ping_failures, checkouts_cancelled, calls_timed_out, calls_cancelled,
		tasks_timed_out;
	sync_atomic(uint64_t) over_quota_told; /* when: ns; 0: never */
	struct metrics metrics;
	struct reaping unnaming; /* after a grace period, the registry's reference goes */
};

/*
 * Slots for so many workers. There are more than those, so that workers on their way out, or in quarantine, leave
 * room for others. When all are taken, no more threads are left stuck than that: starts wait until one is vacant.
 */
static inline unsigned pool_slots_for(unsigned workers)
{
	return 2 * workers + SLOT_CHUNK;
}

/* What the configuration has taken memory for. */
void pool_config_free(struct pool_config *config);

static inline bool pool_config_has_quotas(const struct pool_config *config)
{
	return config->max_leases_per_client != UINT_MAX ||
	       config->max_waiters_per_client != UINT_MAX;
}

/* Whether its workers ask for more of the system than any thread has. */
static inline bool pool_config_needs_trial(const struct pool_config *config)
{
	return config->guard_size > 0 || config->placement.cpus || config->placement.scheduling;
}

/*
 * The pool's parts, without threads: 0 or POOLTOY_ENOMEM. The caller's is the one reference;
 * supervisor, reaper and notifier are set by the caller.
 */
int pool_create(const struct pool_config *config, const struct slot_kind *kind,
		struct pooltoy_pool **pool);

void pool_ref(struct pooltoy_pool *pool);
void pool_unref(struct pooltoy_pool *pool);

/*
 * For each thread of the pool's: before its start, and when it has been joined, or has not started.
 * The second may free the pool.
 */
void pool_thread_starts(struct pooltoy_pool *pool);
void pool_thread_joined(void *pool);
/* By who ends the "not stopped". When no thread of the pool's is left, its stop is settled. */
void pool_drop_user(struct pooltoy_pool *pool);

/* Settles the stop, if it is pending, and wakes who waits for that. Whether it was. */
bool pool_settle_stop(struct pooltoy_pool *pool, enum stop_outcome outcome);
/* Waits until it is settled; STOP_PENDING once the deadline has passed. */
enum stop_outcome pool_await_stop(struct pooltoy_pool *pool, enum stopper stopper,
				  struct parker *parker, uint64_t deadline);
/* Runs the user's `release`: once, by whom the outcome says. */
void pool_release_argument(struct pooltoy_pool *pool);

/* 0, or POOLTOY_EFORKED with its message for a pool from before a fork. */
SYNC_SLOW_PATH int pool_refuse_fork(const struct pooltoy_pool *pool);
static inline int pool_check_fork(const struct pooltoy_pool *pool)
{
	return pool->fork_epoch == sync_fork_epoch() ? POOLTOY_OK : pool_refuse_fork(pool);
}

/* How many workers it may have now. */
static inline struct pool_bounds pool_bounds(struct pooltoy_pool *pool)
{
	return elasticity_bounds(&pool->elasticity);
}

static inline unsigned pool_may_have(struct pooltoy_pool *pool)
{
	struct pool_bounds bounds = pool_bounds(pool);

	return bounds.size + bounds.max_overflow;
}

/* Nobody may wait for a worker. */
static inline bool pool_has_no_queue(const struct pooltoy_pool *pool)
{
	return pool->config.max_queue == 0;
}

/*
 * Whether the manager may start workers for who waits, and is to look at them. Sequentially consistent, after they
 * count, and sleep: who takes from the overflow later, raises its bound, or keeps less, has the manager look at who
 * waits.
 */
static inline bool pool_may_grow(struct pooltoy_pool *pool)
{
	return sync_load(&pool->broker.overflow, seq_cst) <
		       sync_load(&pool->broker.max_overflow, seq_cst) ||
	       sync_load(&pool->elasticity.kept, seq_cst) < pool_bounds(pool).size;
}

static inline enum pool_state pool_state(struct pooltoy_pool *pool)
{
	return (enum pool_state)sync_load(&pool->state, acquire);
}

/*
 * From one of the states in the set (bits) to another, and the queue opened, or closed with `code`.
 * False if it was in none of them.
 */
bool pool_change_state(struct pooltoy_pool *pool, unsigned from, enum pool_state to, int code);

/* From BACKOFF or FAILED to RUNNING, with a clean restart history. False if it was in neither. */
bool pool_revive(struct pooltoy_pool *pool);

/* Kills the manager of a pool that runs; in any other state nothing happens. The state it was in. */
enum pool_state pool_kill_manager(struct pooltoy_pool *pool);

/* How many of its workers are up, by the words: what a status counts as idle, leased or resetting. */
unsigned pool_count_up(struct pooltoy_pool *pool);

/* The present instance's table, read under RCU. */
struct monitor_table pool_monitors(struct pooltoy_pool *pool);

/* Has the manager look at the pool. */
void pool_wake_manager(struct pooltoy_pool *pool);

/* The same, if it may start workers for tasks that wait: by who found none idle for one. */
void pool_report_tasks(struct pooltoy_pool *pool);

/*
 * The same, if there may be an idle worker more than is wanted: by who took a waiter off the queue, or
 * made a slot idle.
 */
static inline void pool_report_surplus(struct pooltoy_pool *pool)
{
	if (broker_has_surplus(&pool->broker))
		pool_wake_manager(pool);
}

/*
 * Has the manager look if others wait, and it may start workers for them; or if there may be a worker more than is
 * wanted. By who leaves the queue with a slot it has found, or hands one over, to the head of the queue or to a task:
 * it may be one that the manager had counted for another, who sleeps on. (Of an absent waiter, by who has entered it,
 * or looked for it.)
 */
void pool_reconsider(struct pooltoy_pool *pool);

/* The waiter has left the queue, whatever became of it. */
static inline void pool_measure_wait(struct pooltoy_pool *pool, const struct waiter *waiter)
{
	histogram_add(&pool->metrics.wait, sync_now() - waiter->since);
}

/* The last reason. */
void pool_set_reason(struct pooltoy_pool *pool, const char *reason);
void pool_get_reason(struct pooltoy_pool *pool, char *reason, size_t size);

/* An event of the pool's, of now. `worker` is an index or -1. */
struct pooltoy_event pool_event(struct pooltoy_pool *pool, enum pooltoy_event_type type, int worker,
				uint64_t duration, const char *reason);

/* Tells the notifier of it. */
void pool_emit(struct pooltoy_pool *pool, enum pooltoy_event_type type, int worker,
	       uint64_t duration, const char *reason);

#endif
