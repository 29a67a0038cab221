/* SPDX-License-Identifier: MIT */
/* pooltoy/pool.h: pools: started, found, stopped, revived. */
#ifndef POOLTOY_POOL_H
#define POOLTOY_POOL_H

#include <stddef.h>
#include <pooltoy/error.h>
#include <pooltoy/supervisor.h>
#include <pooltoy/worker.h>

POOLTOY_BEGIN_DECLS

/*
 * A pool: its name, its workers, its queue of clients that wait. Outlives its instances: restarts
 * do not change the handle.
 */
struct pooltoy_pool;

/* Which idle worker a checkout takes. A ping counts as a use. */
enum pooltoy_strategy {
	/* The one that this thread used last if it is idle, else any: the fastest. */
	POOLTOY_AFFINE,
	/* The one idle for the shortest time, over the whole pool: keeps few workers warm. */
	POOLTOY_LIFO,
	/* The one idle for the longest time, over the whole pool: uses all evenly. */
	POOLTOY_FIFO
};

/* What becomes of a worker whose client died, or was closed, with it checked out. */
enum pooltoy_on_client_death {
	POOLTOY_RESET,  /* its `reset` runs, if it has one; then it is idle again */
	POOLTOY_REPLACE /* it is terminated, and another started */
};

/* Where a pool's workers are. */
enum pooltoy_isolation {
	/* Threads of this process: a call is a hand-over. A memory fault ends the process. */
	POOLTOY_THREAD,
	/* Child processes: whatever a worker does costs that one. See pooltoy_start_pool(3). */
	POOLTOY_PROCESS
};

/* How the system schedules workers: see sched(7). */
enum pooltoy_scheduling {
	POOLTOY_SCHED_INHERITED, /* as the thread that started the supervisor was */
	POOLTOY_SCHED_OTHER,
	POOLTOY_SCHED_BATCH,
	POOLTOY_SCHED_IDLE,
	POOLTOY_SCHED_FIFO,
	POOLTOY_SCHED_RR
};

/*
 * What a worker in a child process may use. Fill it in by POOLTOY_LIMITS (C) or start from
 * POOLTOY_LIMITS_INIT (C++). 0 in any field is no limit, unless said otherwise.
 */
struct pooltoy_limits {
	size_t struct_size; /* set by the macros */

	/* Bytes: of its cgroup if there is one, else of address space (RLIMIT_AS). */
	size_t memory;
	/* Of processor time in its life (RLIMIT_CPU). */
	int cpu_seconds;
	/* Descriptors (RLIMIT_NOFILE), its stdin, stdout, stderr and two of the library's among them. */
	int open_files;
	/* Milliseconds that init, a cast, a reset, a ping, a task or terminate may take; then it is interrupted, and `grace`
	 * later killed. A call has its caller's deadline. */
	int callback;
	/* Bytes of a reply, at most (64 MiB). */
	size_t reply;
	/* A directory of cgroup v2 that this process may write to, with the memory controller in its
	 * cgroup.subtree_control: each worker gets a cgroup of its own in it. NULL: none. */
	const char *cgroup;
	/* A user's name or number: the workers run as that one, and its groups. Needs the right to do so
	 * (root). NULL: as this process. */
	const char *user;
	/* A seccomp filter: so many struct sock_filter (linux/filter.h). It is put in force after the
	 * worker's shared object has been loaded, before `init`. NULL: none. */
	const void *filter;
	size_t filter_count;
};

#ifndef __cplusplus
/* .limits = POOLTOY_LIMITS(.memory = 256 << 20) */
#define POOLTOY_LIMITS(...) \
	(&(const struct pooltoy_limits){ .struct_size = sizeof(struct pooltoy_limits), \
					 __VA_ARGS__ })
#endif
#define POOLTOY_LIMITS_INIT \
	{ \
		sizeof(struct pooltoy_limits), 0, 0, 0, 0, 0, 0, 0, 0, 0 \
	}

/*
 * A pool's specification. Fill it in by POOLTOY_POOL_SPEC (C) or start from POOLTOY_POOL_SPEC_INIT
 * (C++). Copied at the start, strings and all, but for `worker`, `argument` and what they point to.
 * 0 in any field is its default, which a busy server can keep; POOLTOY_NONE is an explicit zero,
 * where that makes sense. Times are milliseconds unless the name says otherwise.
 */
struct pooltoy_pool_spec {
	size_t struct_size; /* set by the macros */

	/* Required: unique among the supervisor's pools, 1 to 63 bytes. */
	const char *name;
	/* Required: the callbacks. They stay the caller's, unchanged, until `release`. */
	const struct pooltoy_worker_ops *worker;
	/* For `init` and `release`. */
	void *argument;
	/* Runs once, when the pool has been stopped and no thread can reach ops or argument any
	 * more: on the thread that stops the pool; or, if threads of the pool were in quarantine
	 * then, later on one of the library's, where it must return, and pooltoy_stop_pool and
	 * pooltoy_supervisor_stop answer POOLTOY_EDEADLK. Does not run if the start fails: then
	 * they remain the caller's. */
	void (*release)(void *argument);

	/* Workers that are always there. 0: all is overflow. */
	int size;
	/* More, started when clients wait (a try starts none), dismissed when nobody needs them.
	 * 0: none. */
	int max_overflow;

	enum pooltoy_strategy strategy;
	enum pooltoy_on_client_death on_client_death;
	/* True: no worker starts before its predecessor's terminate has returned (a single
	 * writer). Of this pool: its name may be taken again while a worker is in quarantine. */
	int exclusive;

	/* Restart intensity: this many manager deaths (3) ... */
	int max_restarts;
	/* ... within so long (5,000); one more, and the pool goes to backoff. */
	int restart_period;
	/* First delay of a backoff, of the pool and of failing workers (100). */
	int backoff_min;
	/* The delay doubles up to this, with jitter (10,000). */
	int backoff_max;
	/* So long after its first backoff a pool that still crashes has failed (60,000). */
	int give_up_after;

	/* How long a stopping worker may take before it is replaced or interrupted (5,000). */
	int shutdown;
	/* How long after `interrupt` before it is quarantined (1,000). */
	int grace;
	/* A client that waited longer than so many microseconds is overtaken no more (1,000); if many
	 * have, one each sixteenth of that time, at most 100 us. */
	int starvation_us;
	/* Casts that may wait for one worker (64). */
	int max_casts;
	/* Of a worker's thread, in bytes, at least 131,072. 0: the system's default. */
	size_t stack_size;
	/* Tasks that may wait for a worker, up to 1,048,576, rounded up to a power of two (1,024). */
	int max_tasks;
	/* How often a thread that waits for this pool, or for work, looks before it sleeps, where waits
	 * have proved short: at most (2,000, some 50 us). POOLTOY_NONE: it sleeps at once, which makes a
	 * call slower by a sleep and a wake, and burns no processor time. Nobody looks more than once
	 * on a machine with one processor. */
	int max_spins;

	/* Where the workers are. The fields from here to `limits` are for child processes alone. */
	enum pooltoy_isolation isolation;
	/* `argument` points to so many bytes: each child gets a copy of them, aligned for any type. 0: its
	 * `init` is given NULL. */
	size_t argument_length;
	/* The shared object that a child loads, and the name of the worker's ops in it. NULL: those of
	 * `worker`, which must not be part of the program itself, and be exported. */
	const char *module;
	const char *symbol;
	/* NULL: none. */
	const struct pooltoy_limits *limits;

	/* Overload. Clients that may wait for a worker at once, tasks not counted; the next is refused with
	 * POOLTOY_EQUEUEFULL. 0: any number; POOLTOY_NONE: nobody waits. */
	int max_queue;
	/* CoDel: if for `queue_interval` (1,000) nobody's wait was within `queue_target`, clients that have
	 * waited for twice the target are shed: POOLTOY_EOVERLOAD. 0: nobody is shed. */
	int queue_target, queue_interval;

	/*
	 * Where workers run, and how they are scheduled: of each worker's thread; or, of a child process,
	 * the thread that runs its callbacks, from before `init`. What they start inherits it. The library's
	 * own threads, such as the pool's manager, stay as they are, so that they can help a worker that
	 * keeps its processors busy: leave them one.
	 */

	/* Bytes below the stack of a worker's thread that fault when it overflows; rounded up to pages, at
	 * most 1 GiB. 0: the system's default, a page. Not for child processes. */
	size_t guard_size;
	/* Points to so many bytes of a cpu_set_t: processors, all of which must be available at the start.
	 * NULL: those of the thread that started the supervisor. */
	const void *cpus;
	unsigned cpus_size;
	enum pooltoy_scheduling scheduling;
	/* FIFO and RR: 1 to 99, as far as the system has them. 0 for all others. */
	int priority;
	/* OTHER and BATCH: -20 to 19. 0 for all others. */
	int nice;

	/* Elasticity. The most that `size` and `max_overflow` may come to, together, by pooltoy_pool_resize;
	 * some room is set aside for them, 2 bytes or less each. 0: 1,024, or what the two are if that is
	 * more. */
	int max_workers;
	/* At most so many workers are in their `init` at once. 0: any number, all that are to start. */
	int max_starting;

	/*
	 * Health. A worker that is over a limit is replaced as soon as it is free, never in the middle of a lease
	 * or task. That is no death: it is told as stopped, and the reason says of which limit.
	 */

	/* How long a worker may live from when it came up. 0: as long as its pool. */
	int max_lifetime;
	/* Percent, 0 to 99, by which each worker's own lifetime may be shorter, drawn once as it is started, so
	 * that not all are replaced at once (10). */
	int lifetime_jitter;
	/* Leases and tasks of a worker. 0: any number. */
	int max_uses;
	/* How often an idle worker's `ping` runs, on its own thread, the first time within so long from when it came
	 * up; then it is taken as by a client. 0: never. */
	int ping_interval;
	/* How long a ping may take; then it is interrupted, and its worker killed and replaced (5,000). */
	int ping_timeout;
	/* A worker that has been idle for longer (ms) is pinged before a client or task gets it. Meanwhile they take
	 * another, or wait; a try takes another, or is refused. 0: never. */
	int validate_after;

	/* Quotas of each client, be it a thread or an object, so that none keeps the workers from the others; what
	 * is more is refused with POOLTOY_EQUOTA. Leases that it holds, and checkouts under way for it; and
	 * checkouts that it waits in. 0: any number. */
	int max_leases_per_client, max_waiters_per_client;

	/* True: no worker starts before one is wanted, by a client or task that waits (a try starts none).
	 * Who has come up stays. False: `size` start with the pool. */
	int lazy;
	/* Workers that have been idle for so long are dismissed, down to `min_size` (of `size`; 0: `size`, so
	 * none is; POOLTOY_NONE: all may be), and others started when they are wanted again. 0: never. */
	int min_size, idle_ttl;
	/* Overflow is dismissed when it has been idle for so long. 0: as soon as nobody waits. Of both times:
	 * the pool looks twice in it, so that it may take half as long again. */
	int overflow_ttl;

	/* How long a lease may be held before an event tells of it, once (0: as long as it likes), to the clock
	 * tick; and true: it is then taken back, as if its client had died, and stale. */
	int lease_limit, lease_reclaim;

	/* So many of its workers may be in quarantine at once; while more are, its manager dies of it, which counts
	 * as any death of a manager: the pool restarts, backs off, and fails, unless some of them come back. 0: any
	 * number; POOLTOY_NONE: none. */
	int max_quarantined;
	/* True: each checkout notes the calling thread's stack, so that the event of a lease over lease_limit has it.
	 * That takes some microseconds each time, and no memory. */
	int lease_backtrace;

	/*
	 * A signal that nobody uses, such as SIGRTMIN + 5, by which a worker's thread is asked where it is before it is
	 * quarantined, so that the event has its stack. Its handler becomes the library's, for good, and the workers'
	 * threads do not block it: so it must not be one that the program waits for (sigwait, signalfd) either.
	 * System calls go on after it, but for those that a handler always ends (signal(7)), such as poll. For threads
	 * alone. 0: none, and no stack.
	 */
	int stack_signal;
	/* How much later than after `grace` the worker is quarantined at most, while the stack is waited for (50). */
	int stack_wait;
};

#ifndef __cplusplus
/* pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 3),
 * &pool) */
#define POOLTOY_POOL_SPEC(...) \
	(&(const struct pooltoy_pool_spec){ .struct_size = sizeof(struct pooltoy_pool_spec), \
					    __VA_ARGS__ })
#endif
#define POOLTOY_POOL_SPEC_INIT \
	{ \
		sizeof(struct pooltoy_pool_spec), 0, 0, 0, 0, 0, 0, POOLTOY_AFFINE, POOLTOY_RESET, \
			0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, POOLTOY_THREAD, 0, 0, 0, 0, 0, 0, \
			0, 0, 0, 0, POOLTOY_SCHED_INHERITED, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
			0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
	}

/*
 * Starts a pool. Returns as soon as its manager runs; the workers start side by side in the
 * background, and a checkout waits for the first. A worker whose init fails does not stop the pool:
 * see pooltoy_pool_status. Guard, processors and scheduling, if given, are tried out first by a thread
 * that does nothing else: what this process may not have fails the call. What it loses later fails the
 * workers' starts, like a failing init.
 *
 * *pool is a handle, the caller's until pooltoy_pool_release. NULL: no handle is wanted; the pool
 * is found by name.
 *
 * Threads: any, and in any callback. Blocks until the supervisor's thread has started the
 * manager's.
 *
 * Errors:
 *  - POOLTOY_EINVAL: no name, one that is too long, no ops, a number out of range, or a processor that is
 *    not available
 *  - POOLTOY_EVERSION: the spec or the ops ask for what this library lacks
 *  - POOLTOY_EEXIST: the pool of that name is unaffected
 *  - POOLTOY_ENOMEM
 *  - POOLTOY_EAGAIN: no thread for the manager, or for trying out guard_size, cpus and scheduling
 *  - POOLTOY_EPERM: this process may not schedule its workers so; see pooltoy_last_error
 *  - POOLTOY_EBUSY: the program handles or ignores stack_signal
 *  - POOLTOY_ESTOPPED: the supervisor is being stopped
 *  - POOLTOY_ETHREADEXITED
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_start_pool(struct pooltoy_supervisor *supervisor,
				   const struct pooltoy_pool_spec *spec,
				   struct pooltoy_pool **pool) POOLTOY_MUST_CHECK;

/*
 * Finds a running pool by name. *pool is a further handle, to be released.
 *
 * Threads: any, and in any callback. Takes no lock.
 *
 * Errors:
 *  - POOLTOY_ENOENT: the supervisor has no such pool, or it has been stopped
 *  - POOLTOY_EINVAL
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_find_pool(struct pooltoy_supervisor *supervisor, const char *name,
				  struct pooltoy_pool **pool) POOLTOY_MUST_CHECK;

/*
 * Another handle to the same pool; returns its argument.
 *
 * Threads: any, and in any callback. Does not block.
 */
POOLTOY_API struct pooltoy_pool *pooltoy_pool_retain(struct pooltoy_pool *pool);

/*
 * Gives a handle back. NULL is allowed. The pool runs on without handles, until it is stopped.
 *
 * Threads: any, and in any callback, also in a forked child. Does not block.
 */
POOLTOY_API void pooltoy_pool_release(struct pooltoy_pool *pool);

/* The pool's name; its string lives as long as the handle. Any thread, any callback. */
POOLTOY_API const char *pooltoy_pool_name(const struct pooltoy_pool *pool);

/*
 * Stops a pool: its name is free at once, newcomers and clients that wait get POOLTOY_ESTOPPED, its
 * leases end. Workers may finish what they run; after `timeout_ms` (-1: the spec's `shutdown`) they
 * are interrupted, and `grace` later quarantined. The handle remains to be released.
 *
 * Threads: any, but not this very pool's workers. Blocks until all workers have terminated or been
 * quarantined.
 *
 * Errors:
 *  - POOLTOY_EQUARANTINED: it is stopped, but threads remain inside user code
 *  - POOLTOY_ESTOPPED: it had been stopped before
 *  - POOLTOY_EDEADLK: from a worker of this very pool; nothing has happened
 *  - POOLTOY_ENOMEM: the calling thread has used no pool so far, and there is no memory for what it
 *    waits with; nothing has happened
 *  - POOLTOY_ETHREADEXITED: nothing has happened
 *  - POOLTOY_EINVAL
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_stop_pool(struct pooltoy_pool *pool, int timeout_ms);

/* What a stop does with what has begun. */
enum pooltoy_stop_mode {
	/* Leases go on, and tasks that wait are run, until all have ended or the timeout has; then as NOW. */
	POOLTOY_STOP_DRAIN = 1,
	/* As pooltoy_stop_pool: leases end; callbacks may end by themselves, until the timeout. */
	POOLTOY_STOP_INTERRUPT,
	/* The same, with the timeout 0, whatever is given: callbacks are interrupted at once. */
	POOLTOY_STOP_NOW
};

/*
 * pooltoy_stop_pool in one of these modes. In each its name is free at once, and newcomers and clients that
 * wait get POOLTOY_ESTOPPED.
 *
 * Threads: as pooltoy_stop_pool.
 *
 * Errors: those of pooltoy_stop_pool; POOLTOY_EINVAL also if there is no such mode.
 */
POOLTOY_API int pooltoy_stop_pool_with(struct pooltoy_pool *pool, enum pooltoy_stop_mode mode,
				       int timeout_ms);

/*
 * pooltoy_stop_pool by name.
 *
 * Errors: those of pooltoy_stop_pool, and
 *  - POOLTOY_ENOENT: the supervisor has no such pool
 */
POOLTOY_API int pooltoy_stop_pool_named(struct pooltoy_supervisor *supervisor, const char *name,
					int timeout_ms);

/*
 * Changes how many workers a pool has, while it is in use. More: they start in the background. Less: those
 * who are idle and too many are dismissed, those who are leased as they come back; no lease ends before
 * its time. What is asked for last stands, also through crashes and restarts of the pool; an event tells
 * when its manager has begun to follow.
 *
 * Threads: any, and in any callback. Does not block.
 *
 * Errors; nothing changes then:
 *  - POOLTOY_EINVAL: a number below 0, both 0, or together more than the spec's `max_workers`
 *  - POOLTOY_ESTOPPED
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_pool_resize(struct pooltoy_pool *pool, int size, int max_overflow);

/*
 * Waits until so many of the pool's workers are up: out of their `init`, and not on their way out; leased
 * ones count. 0: as many as the pool keeps though nobody waits (`kept` in its status). It starts none, and
 * holds none: another client may have them a moment later.
 *
 * Threads: any, but not this very pool's workers. Blocks up to `timeout_ms` (0: a look; -1: for ever), also
 * through restarts of the pool. A cancellation point if it waits.
 *
 * Errors:
 *  - POOLTOY_ETIMEDOUT; pooltoy_last_error says how many are up, and the last failure
 *  - POOLTOY_EFAILED, POOLTOY_ESTOPPED: the pool has ended, or does so meanwhile
 *  - POOLTOY_EINVAL: a number below 0, or more than the spec's `max_workers`
 *  - POOLTOY_EDEADLK: from a worker of this very pool
 *  - POOLTOY_ENOMEM: the calling thread has used no pool so far, and there is no memory for what it
 *    waits with
 *  - POOLTOY_ETHREADEXITED
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_pool_wait_ready(struct pooltoy_pool *pool, int workers, int timeout_ms);

/*
 * Starts a pool again that failed, or is in backoff, with a clean restart history. Clients that
 * come from now on are served. Returns 0 for a pool that runs, too.
 *
 * Threads: any, and in any callback. Does not block.
 *
 * Errors:
 *  - POOLTOY_ESTOPPED
 *  - POOLTOY_EINVAL
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_pool_revive(struct pooltoy_pool *pool);

/*
 * Pauses a pool: from its return on no checkout is granted and no task begins, until pooltoy_pool_resume.
 * Leases that there are go on, and their calls; who comes meanwhile waits, tasks wait, a try answers
 * POOLTOY_EPAUSED. (A worker that was about to take another task as the pool was paused may still run that
 * one.) Workers that end are replaced; no overflow is started. Timeouts go on, and the time counts as
 * waiting for queue_target. Survives restarts of the pool. Returns 0 for a pool that is paused, too.
 *
 * Threads: any, and in any callback. Does not block.
 *
 * Errors:
 *  - POOLTOY_ESTOPPED
 *  - POOLTOY_EINVAL
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_pool_pause(struct pooltoy_pool *pool);

/*
 * Ends a pause: those who wait are served, in their order. Returns 0 for a pool that is not paused, too.
 * The last of pause and resume holds, however often each was called.
 *
 * Threads: any, and in any callback. Does not block.
 *
 * Errors:
 *  - POOLTOY_ESTOPPED
 *  - POOLTOY_EINVAL
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_pool_resume(struct pooltoy_pool *pool);

/*
 * Pauses a pool, and waits until it is at rest: no lease, call or running task is left, and no worker is
 * resetting or on its way out, but for those in quarantine. It stays paused, also after a timeout:
 * pooltoy_pool_resume, or a stop. Tasks and clients that wait go on waiting.
 *
 * Threads: any, but not this very pool's workers. Blocks for up to timeout_ms; -1: for as long as it takes.
 * A cancellation point.
 *
 * Errors:
 *  - POOLTOY_ETIMEDOUT: pooltoy_last_error says how many workers are left
 *  - POOLTOY_ECANCELLED: it has been resumed meanwhile
 *  - POOLTOY_ESTOPPED: it has been stopped, before or meanwhile
 *  - POOLTOY_EDEADLK: from a worker of this very pool; or with -1, and the thread holds a lease of it;
 *    nothing has happened
 *  - POOLTOY_ENOMEM, POOLTOY_ETHREADEXITED: as pooltoy_stop_pool
 *  - POOLTOY_EINVAL
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_pool_drain(struct pooltoy_pool *pool, int timeout_ms) POOLTOY_MUST_CHECK;

/*
 * Replaces all workers that there are at the call, `at_once` of them at a time (0: one), such as after a change of
 * password: each ends as it is idle, never in a lease or task, idle ones first; the next when its successor is up.
 * So no more than that many fewer workers serve, and no checkout that waits fails. If successors fail to
 * start, it goes on when one does. A call while one is under way begins anew, with all that there are.
 * The pool's status says how many are left, an event when none is. A pool that restarts has new workers.
 *
 * Threads: any, and in any callback. Does not block.
 *
 * Errors:
 *  - POOLTOY_EINVAL: at_once is negative
 *  - POOLTOY_ESTOPPED
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_pool_replace_workers(struct pooltoy_pool *pool, int at_once);

/*
 * Makes the pool's manager die, as a test of what then follows: all its workers end with it, a new
 * instance starts, leases turn stale, clients that wait keep waiting. A request, taken at the
 * manager's next wait.
 *
 * Threads: any, and in any callback. Does not block.
 *
 * Errors:
 *  - POOLTOY_ESTARTING: it has none now (backoff)
 *  - POOLTOY_EFAILED
 *  - POOLTOY_ESTOPPED
 *  - POOLTOY_EINVAL
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_kill_manager(struct pooltoy_pool *pool);

/*
 * Makes one worker die, by its index; -1: any that lives. Its lease ends at once. The death itself
 * is a request, taken between its callbacks, hurried by `interrupt` if one runs, and followed by
 * quarantine if that does not return.
 *
 * Threads: any, and in any callback. Does not block.
 *
 * Errors:
 *  - POOLTOY_ENOENT: no such worker lives
 *  - POOLTOY_EINVAL: an index below -1
 *  - POOLTOY_ESTOPPED
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_kill_worker(struct pooltoy_pool *pool, int index);

POOLTOY_END_DECLS

#endif
