/* SPDX-License-Identifier: MIT */
/* tasks.h: a pool for tasks, and what is told of them. */
#ifndef SCENARIO_TASKS_H
#define SCENARIO_TASKS_H

#include "scenario/support.h"

struct task_scene {
	struct stage stage;
	struct troupe troupe;
	struct pooltoy_pool *pool;
	struct gate gate;
};

/* What was told of one task. */
struct told {
	struct tokens news;
	atomic_int times, turn; /* how often; the how-manieth of all to be told */
	int code, worker, answer;
	size_t length;
	char reason[256];
	long thread_id;
	unsigned char reply[64];
	struct pooltoy_task task;
	struct pooltoy_pool *pool; /* that `done` does something with */
};

/* "poolio", of puppets if the specification has no worker of its own; its workers are idle. */
void task_scene_open(struct task_scene *scene, const struct pooltoy_pool_spec *given);
void task_scene_close(struct task_scene *scene);

void told_init(struct told *told);
/* A task's `done`: keeps what it is told in its argument, a struct told. */
void note_outcome(const struct pooltoy_outcome *outcome, void *told);
/* pooltoy_submit, with that `done`. */
int submit_order(struct task_scene *scene, struct order order, struct told *told);
/* Waits for the outcome; soon. Its code. */
int await_told(struct told *told);
/* Both at once. */
int tell_any(struct task_scene *scene, struct order order, struct told *told);

/* The worker is busy with a task that waits at the gate. */
void hold_worker(struct task_scene *scene, struct told *told);
void let_worker_go(struct task_scene *scene, struct told *told);

#endif
