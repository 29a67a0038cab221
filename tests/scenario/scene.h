/* SPDX-License-Identifier: MIT */
/* scene.h: a pool of puppets on a stage of its own, and a gate: what most stories are played with. */
#ifndef SCENARIO_SCENE_H
#define SCENARIO_SCENE_H

#include "scenario/support.h"

struct scene {
	struct stage stage;
	struct troupe troupe;
	struct pooltoy_pool *pool;
	struct gate gate;

	/* Of those tests that have one; else 0. */
	struct pooltoy_lease lease;
	struct pooltoy_completion_queue *queue; /* opened by completions.h */
	struct pooltoy_cancel_token *token;
	atomic_int told;
};

/*
 * The pool is "poolio", of puppets if the specification has no worker of its own, and its argument is
 * the troupe. All of its workers are idle, unless it is lazy.
 */
void scene_begin(struct scene *scene, const struct pooltoy_pool_spec *given);
/* The same, but waits for no worker. */
void scene_begin_early(struct scene *scene, const struct pooltoy_pool_spec *given);
/* Stops the supervisor, if it has not been; then terminate has run once for each init. */
void scene_end(struct scene *scene);

#endif
