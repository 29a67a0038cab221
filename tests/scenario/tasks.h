/* SPDX-License-Identifier: MIT */
/* tasks.h: tasks for a scene, and what is told of them. */
#ifndef SCENARIO_TASKS_H
#define SCENARIO_TASKS_H

#include "scenario/scene.h"

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

void told_init(struct told *told);
/* A task's `done`: keeps what it is told in its argument, a struct told. */
void note_outcome(const struct pooltoy_outcome *outcome, void *told);
/* pooltoy_submit, with that `done`. */
int submit_order(struct scene *scene, struct order order, struct told *told);
/* Waits for the outcome; soon. Its code. */
int await_told(struct told *told);
/* Both at once. */
int tell_any(struct scene *scene, struct order order, struct told *told);

/* The worker is busy with a task that waits at the gate. */
void hold_worker(struct scene *scene, struct told *told);
void let_worker_go(struct scene *scene, struct told *told);

#endif
