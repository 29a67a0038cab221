/* SPDX-License-Identifier: MIT */
/* pooltoy.h: what the files of the subjects pooltoy and pooltoy_process share. */
#ifndef POOLTOY_TESTS_BENCH_SUBJECTS_POOLTOY_H
#define POOLTOY_TESTS_BENCH_SUBJECTS_POOLTOY_H

#include <stdio.h>
#include <pooltoy.h>
#include "scenarios/scenario.h"
#include "subjects/subject.h"

/* Pools "pool0", ..., all of their workers up. */
struct pool_set {
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool **pools;
	unsigned count;
	unsigned in_turn; /* so many of them are used */
};

/* Name and argument are added. */
struct pool_set *open_pools_like(struct pooltoy_pool_spec spec, unsigned pools);
struct pool_set *open_pools_of(const struct pooltoy_worker_ops *ops, unsigned pools,
			       unsigned workers);
/* Of workers that echo. */
struct pool_set *open_pools(unsigned pools, unsigned workers);
void close_pools(struct pool_set *set);
void wait_until_up(struct pooltoy_pool *pool);
/* Ends the process with the library's own account if the code is an error. */
void must(int code, const char *what);

/* Of struct call_ops. */
void *call_join(void *set, unsigned caller);
void call_leave(void *line);
void call_calls(void *line, uint64_t calls);

extern const struct scenario lease_state_scenario, replace_scenario, restart_scenario,
	independence_scenario, idle_scenario, start_scenario;
extern const struct task_ops pooltoy_task;

#endif
