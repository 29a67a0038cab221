/* SPDX-License-Identifier: MIT */
/* mutex_cond.h: the parts of the subject mutex_cond. */
#ifndef POOLTOY_TESTS_BENCH_SUBJECTS_MUTEX_COND_H
#define POOLTOY_TESTS_BENCH_SUBJECTS_MUTEX_COND_H

#include "subjects/subject.h"

extern const struct call_ops mutex_cond_call;
extern const struct task_ops mutex_cond_task;
extern const struct scenario mutex_cond_idle;

#endif
