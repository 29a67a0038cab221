/* SPDX-License-Identifier: MIT */
/* pooltoy/task.h: tasks: requests for any worker of a pool, answered by a callback. */
#ifndef POOLTOY_TASK_H
#define POOLTOY_TASK_H

#include <stddef.h>
#include <stdint.h>
#include <pooltoy/error.h>
#include <pooltoy/pool.h>

POOLTOY_BEGIN_DECLS

/*
 * What became of a task. Valid, with all it points to, until the callback returns.
 */
struct pooltoy_outcome {
	size_t struct_size; /* of the library's structure: do not touch what your header lacks */

	/*
	 * 0, what handle_call said by pooltoy_reply_error, or
	 *  - POOLTOY_ECRASHED: the worker died while it ran the task. It does not run again
	 *  - POOLTOY_ECANCELLED: pooltoy_task_cancel; it never ran
	 *  - POOLTOY_ESTOPPED: the pool was stopped before the task's turn; it never ran
	 *  - POOLTOY_EFAILED: the pool was given up, the same
	 */
	int code;
	int worker;         /* the index of the worker that ran it; -1: it never ran */
	const void *reply;  /* what handle_call replied; aligned for any type */
	size_t length;      /* of the reply, in bytes */
	const char *reason; /* POOLTOY_ECRASHED, POOLTOY_EFAILED: the story; else "" */
};

/*
 * Told of a task's outcome, once for each task that pooltoy_submit has accepted: on the thread of
 * the worker that ran it; for a task that never ran, on the thread that cancels it or that stops
 * the pool, or, if the pool has failed, on the one that runs event callbacks. It may call any
 * function of the library as a worker's callback may. It must not block: the worker, or whoever
 * stops the pool, waits for it. It is to return: on any thread but a worker's, and on that of a
 * worker whose thread ends; otherwise ending the thread in it ends the worker, as in handle_call.
 */
typedef void pooltoy_done_fn(const struct pooltoy_outcome *outcome, void *argument);

/* A task, to cancel it by. A value. Its fields are nobody's business. */
struct pooltoy_task {
	uintptr_t pool;
	uint64_t position;
};
#define POOLTOY_TASK_INIT \
	{ \
		0, 0 \
	}

/*
 * Has any worker of the pool run handle_call with this request (`length` bytes, copied), as soon as
 * one is free, and `done` be told the outcome with `argument`. NULL for `done`: nobody asks.
 *
 * Tasks begin in the order in which they were submitted, side by side on as many workers as there
 * are; clients that wait for a worker and tasks that wait for one are served in the order in which
 * they came. Tasks that wait have overflow workers started, as clients have. They wait on while the
 * pool restarts, and in a backoff. At most `max_tasks` (of the pool's spec) wait; one that was
 * cancelled may keep its place until those before it have begun.
 *
 * *task, if `task` is not NULL, is the task. `done` may have been called before this returns.
 *
 * Threads: any, and in any callback. Does not block. If no worker is awake it wakes one.
 *
 * Errors (`done` will not be called):
 *  - POOLTOY_EAGAIN: the queue of tasks is full
 *  - POOLTOY_EFULL: the pool's capacity is 0
 *  - POOLTOY_EFAILED: the pool was given up
 *  - POOLTOY_ESTOPPED: the pool was stopped
 *  - POOLTOY_EINVAL: also if its workers have no handle_call
 *  - POOLTOY_ENOMEM
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_submit(struct pooltoy_pool *pool, const void *request, size_t length,
			       pooltoy_done_fn *done, void *argument,
			       struct pooltoy_task *task) POOLTOY_MUST_CHECK;

/*
 * Cancels a task that has not begun: it will never run, and `done` has been told
 * POOLTOY_ECANCELLED, on this thread, when this returns.
 *
 * Threads: any that has a handle of the pool; and in any callback. Does not block.
 *
 * Errors:
 *  - POOLTOY_ESTALE: it has begun, or is over: `done` has been told its outcome, or will be
 *  - POOLTOY_EINVAL: not a task that pooltoy_submit has given
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_task_cancel(const struct pooltoy_task *task);

POOLTOY_END_DECLS

#endif
