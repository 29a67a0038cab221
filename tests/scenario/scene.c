/* SPDX-License-Identifier: MIT */
/* scene.c: a pool of puppets on a stage of its own, and a gate. */
#include "scenario/scene.h"

#include <string.h>

void scene_begin_early(struct scene *scene, const struct pooltoy_pool_spec *given)
{
	struct pooltoy_pool_spec spec = *given;

	memset(scene, 0, sizeof *scene);
	gate_init(&scene->gate);
	stage_open(&scene->stage);
	spec.name = "poolio";
	if (!spec.worker)
		spec.worker = &puppet_ops;
	spec.argument = &scene->troupe;
	scene->pool = start_pool(&scene->stage, &spec);
}

void scene_begin(struct scene *scene, const struct pooltoy_pool_spec *given)
{
	scene_begin_early(scene, given);
	if (!given->lazy)
		await_idle(scene->pool, given->size);
}

void scene_end(struct scene *scene)
{
	pooltoy_pool_release(scene->pool);
	stage_close(&scene->stage);
	CU_ASSERT_EQUAL(scene->troupe.on_stage, 0);
	CU_ASSERT_EQUAL(scene->troupe.collisions, 0);
	gate_destroy(&scene->gate);
}
