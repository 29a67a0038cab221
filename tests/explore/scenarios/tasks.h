/* SPDX-License-Identifier: MIT */
/* tasks.h: numbered tasks for a pool of doublers, and laws over their outcomes. */
#ifndef EXPLORE_SCENARIOS_TASKS_H
#define EXPLORE_SCENARIOS_TASKS_H

#include "acts.h"

enum { TASKS_MAX = 8, TASKS_NOT_TOLD = 1 };

/* Besides those of acts.h, as which outcomes are seen. */
enum tasks_sight { TASKS_CANCELLED = ACT_SIGHTS, TASKS_TOO_LATE, TASKS_REFUSED };

/* As pools_open; no task has been submitted. */
void tasks_open(struct pooltoy_pool_spec spec);
/* For .setup: pools of one worker, of two, and of one that is held (act_held). */
void tasks_open_one(void);
void tasks_open_two(void);
void tasks_open_one_and_hold(void);

/* Submits task `number`, below TASKS_MAX: 0 or the error. */
int tasks_submit(int number);

/* For .fibers. */
void tasks_submit_1(void); /* it must be accepted */
void tasks_submit_2(void);
void tasks_submit_2_perhaps(void); /* the pool may be at its end */
void tasks_cancel_1(void);         /* if it has been submitted; and see */
void tasks_check_in_held(void);
void tasks_check_in_held_if_it_lives(void);

/* What task `number` was told; or TASKS_NOT_TOLD. */
int tasks_outcome(int number);
/* Unless both ran and the second was told of first. */
bool tasks_ran_in_order(int first, int second);
/* Waits until all that were accepted have been told of. */
void tasks_await(void);

/* Whether a worker watches for tasks, so that senders look for none; whether all are idle. */
bool tasks_are_watched(void);
bool tasks_have_all_idle(void);

/* For .finish: as pools_close; each task that was accepted has been told of, once. */
void tasks_close(void);
void tasks_see_and_close(void);      /* what became of each that was submitted */
void tasks_await_and_close(void);    /* the same, once all have been told of */
void tasks_close_after_cancel(void); /* of the first: the second has run, and not before it */
void tasks_close_after_crash(void);  /* of the two each has begun once */

#endif
