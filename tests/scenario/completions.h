/* SPDX-License-Identifier: MIT */
/* completions.h: a scene with a completion queue, for the stories of what is started. */
#ifndef SCENARIO_COMPLETIONS_H
#define SCENARIO_COMPLETIONS_H

#include "scenario/scene.h"

/* As scene_begin and scene_end, and with a queue. */
void scene_open(struct scene *scene, const struct pooltoy_pool_spec *given);
void scene_close(struct scene *scene);

/* Whether the queue's descriptor is. */
bool is_readable(struct scene *scene);

/* Waits for the descriptor, as a server does, and takes one completion; soon. */
const struct pooltoy_completion *next_completion(struct scene *scene);
void expect_none(struct scene *scene);

/* The next completion is of that type, tag and code; and is over. The lease in it, if there is one. */
struct pooltoy_lease expect(struct scene *scene, enum pooltoy_completion_type type, void *tag,
			    int code);

/* What handle_call has replied. */
int answer_of(const struct pooltoy_completion *completion);

int start_checkout(struct scene *scene, int timeout_ms, void *tag, struct pooltoy_pending *pending);
/* Tagged with the scene. */
int start_call(struct scene *scene, const struct pooltoy_lease *lease, struct order order,
	       int timeout_ms, struct pooltoy_pending *pending);
/* The same, of one that lasts until it is interrupted, or the gate opened. */
void start_held_call(struct scene *scene, const struct pooltoy_lease *lease, int timeout_ms,
		     struct pooltoy_pending *pending);

/* A lease of the queue's own. */
struct pooltoy_lease check_out(struct scene *scene);

#endif
