/* SPDX-License-Identifier: MIT */
/* rogues.h: a pool of rogues in child processes, for the tests of them. */
#ifndef PROCESS_ROGUES_H
#define PROCESS_ROGUES_H

#include "process/rogue.h"
#include "scenario/support.h"

extern const struct pooltoy_worker_ops rogue_ops, deaf_rogue_ops;

/* A pool of one rogue. */
struct scene {
	struct stage stage;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;
	int descriptors; /* of this process, before */
};

/* Of one rogue, unless said otherwise. */
void open_with(struct scene *scene, struct pooltoy_pool_spec spec);
void scene_open(struct scene *scene);
/* And nothing is left of it. */
void scene_close(struct scene *scene);

void check_out(struct scene *scene); /* scene->lease */
int tell_rogue(struct scene *scene, int verb, int number, int *answer, int timeout_ms);
int cast_rogue(struct scene *scene, int verb, int number);
struct rogue_self describe(struct scene *scene);

/* A fresh child serves. */
void expect_a_successor(struct scene *scene);

/* For a thread that checks out, and ends. Its argument is a scene. */
void *hold_and_end(void *argument);

#endif
