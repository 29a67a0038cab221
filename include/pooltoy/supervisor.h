/* SPDX-License-Identifier: MIT */
/* pooltoy/supervisor.h: the supervisor, which owns pools and restarts each of them alone. */
#ifndef POOLTOY_SUPERVISOR_H
#define POOLTOY_SUPERVISOR_H

#include <stddef.h>
#include <pooltoy/error.h>
#include <pooltoy/event.h>

POOLTOY_BEGIN_DECLS

/*
 * A supervisor: one thread that owns pools, beside a reaper, which frees and joins, and a notifier,
 * which runs event and interrupt callbacks. A process may have several; they share nothing.
 */
struct pooltoy_supervisor;

/* For options where 0 means the default: none at all. */
#define POOLTOY_NONE (-1)

/* How a supervisor is set up. 0 or NULL in any field is its default. */
struct pooltoy_supervisor_spec {
	size_t struct_size; /* set by the macros */

	/*
	 * Hears of what happens in the supervisor's pools, on the notifier thread, one event at a
	 * time. It may block, which delays further events and interrupts, but no pool and no
	 * client. Events wait in a ring of 256; what does not fit is dropped, and counted in the
	 * next one.
	 *
	 * NULL: pooltoy_event_log_stderr, which writes a line for each event that is a warning or
	 * worse. pooltoy_event_ignore: nothing.
	 */
	pooltoy_event_fn *on_event;
	void *event_argument; /* the last parameter of on_event */
};

#ifndef __cplusplus
#define POOLTOY_SUPERVISOR_SPEC(...) \
	(&(const struct pooltoy_supervisor_spec){ \
		.struct_size = sizeof(struct pooltoy_supervisor_spec), __VA_ARGS__ })
#endif
#define POOLTOY_SUPERVISOR_SPEC_INIT \
	{ \
		sizeof(struct pooltoy_supervisor_spec), 0, 0 \
	}

/*
 * Starts a supervisor with no pools. *supervisor is the caller's until pooltoy_supervisor_stop.
 *
 * Library threads block all signals but those of a fault and SIGPROF, so the server's handlers
 * never run on them. (A pool's workers also let its stack_signal through.)
 *
 * Threads: any, and in any callback. Blocks no longer than it takes to create three threads.
 *
 * Errors:
 *  - POOLTOY_ENOMEM
 *  - POOLTOY_EAGAIN: no thread to be had
 *  - POOLTOY_EINVAL: supervisor is NULL
 *  - POOLTOY_ETHREADEXITED
 *  - POOLTOY_EFORKED: in the child of a process that had a supervisor and forked without the
 *    bracket below
 */
POOLTOY_API int pooltoy_supervisor_start(struct pooltoy_supervisor **supervisor) POOLTOY_MUST_CHECK;

/*
 * The same, set up by `spec` (copied).
 *
 * Errors: those of pooltoy_supervisor_start, and
 *  - POOLTOY_EINVAL: spec is NULL, or was not filled in by the macros
 *  - POOLTOY_EVERSION: spec asks for what this library lacks
 */
POOLTOY_API int
pooltoy_supervisor_start_with(const struct pooltoy_supervisor_spec *spec,
			      struct pooltoy_supervisor **supervisor) POOLTOY_MUST_CHECK;

/*
 * Stops all pools as pooltoy_stop_pool does, the last one started first, then the supervisor's own
 * threads. After `timeout_ms` (-1: each pool's own `shutdown`) all that still run are interrupted at
 * once; those that hang take their `grace` then, side by side.
 *
 * Uses the handle up if it returns 0 or POOLTOY_EQUARANTINED; else nothing has happened. The caller
 * must see to it that no other thread is in a call with it. Pool handles remain to be released; calls
 * with them answer POOLTOY_ESTOPPED.
 *
 * Threads: any, but not in callbacks of its own workers or events. Blocks.
 *
 * Errors:
 *  - POOLTOY_EQUARANTINED: all is stopped, but some threads are still inside user code;
 *    pooltoy_last_error says how many. Do not unload that code. They end, and the rest is freed,
 *    when it returns
 *  - POOLTOY_EDEADLK: from a callback of its own workers or events; nothing has happened
 *  - POOLTOY_ENOMEM: as of pooltoy_stop_pool
 *  - POOLTOY_ETHREADEXITED
 *  - POOLTOY_EINVAL
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_supervisor_stop(struct pooltoy_supervisor *supervisor, int timeout_ms);

/*
 * Makes the supervisor's own thread die at its next wait, as a test of what then follows: it is
 * started again, and goes on with all pools as they are.
 *
 * Threads: any, and in any callback. Does not block.
 *
 * Errors:
 *  - POOLTOY_EINVAL
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_kill_supervisor(struct pooltoy_supervisor *supervisor);

/*
 * fork() in a process with a supervisor. By itself, the child may do no more than exec or _exit; in
 * it, every object from before answers POOLTOY_EFORKED at once, and starting a supervisor does too.
 * A child that is to start a supervisor of its own is forked within this bracket, by the thread
 * that calls fork:
 *
 *     pooltoy_fork_prepare();
 *     pid = fork();
 *     if (pid == 0)
 *             pooltoy_fork_child();
 *     else
 *             pooltoy_fork_parent();
 *
 * Objects from before answer POOLTOY_EFORKED in that child all the same, and what they hold there
 * is not freed. A process that forks before it starts its first supervisor needs no bracket. The
 * library's own atfork handler takes no lock.
 *
 * Threads: any, but not in callbacks. prepare waits for short critical sections of other threads;
 * from prepare to parent or child the calling thread must call nothing else of the library.
 */
POOLTOY_API void pooltoy_fork_prepare(void);
POOLTOY_API void pooltoy_fork_parent(void);
POOLTOY_API void pooltoy_fork_child(void);

POOLTOY_END_DECLS

#endif
