/* SPDX-License-Identifier: MIT */
/* task.h: the ends of tasks: telling their outcomes, and ending those that will never run. */
#ifndef POOLTOY_LIB_TASK_H
#define POOLTOY_LIB_TASK_H

#include "pool.h"

/* Tells the outcome of a task that is the caller's, and frees its request. `length` bytes at `reply`
 * are what it came to. */
void task_end(struct task *task, const struct pooltoy_outcome *outcome);

/* The same for one that never ran. */
void task_end_unrun(struct task *task, int code, const char *reason);

/*
 * Sees to it that the first of the tasks that wait is begun: by the worker that watches them, or an
 * idle one, or one that the manager starts. By who made a task READY; and after each taken off, if
 * others wait: so that one task calls one worker, and that one the next.
 */
void task_call(struct pooltoy_pool *pool);
void task_call_for_rest(struct pooltoy_pool *pool, struct task_ring *tasks);

/*
 * The code with which the pool refuses tasks; 0: it takes them. Sequentially consistent: who changes
 * the state then ends the tasks, who submits one then looks at the state.
 */
int task_refusal(struct pooltoy_pool *pool);

/* Whether the task at that position had not begun; then it never will, and has been told of: the code. */
bool task_withdraw(struct pooltoy_pool *pool, uint64_t position, int code);

/* Ends the tasks that wait, as long as the pool refuses them. After the change of its state. */
void task_end_all(struct pooltoy_pool *pool);

/* The same by the notifier; does not block. */
void task_end_all_later(struct pooltoy_pool *pool);

#endif
