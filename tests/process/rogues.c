/* SPDX-License-Identifier: MIT */
/* rogues.c: a pool of rogues. */
#include "process/rogues.h"
#include "process/support.h"

#include <string.h>

void open_with(struct scene *scene, struct pooltoy_pool_spec spec)
{
	memset(scene, 0, sizeof *scene);
	scene->descriptors = count_descriptors();
	stage_open(&scene->stage);
	spec.struct_size = sizeof spec;
	spec.name = "rogues";
	spec.worker = spec.worker ? spec.worker : &rogue_ops;
	spec.isolation = POOLTOY_PROCESS;
	spec.size = spec.size ? spec.size : 1;
	spec.backoff_min = POOLTOY_NONE;
	scene->pool = start_pool(&scene->stage, &spec);
}

void scene_open(struct scene *scene)
{
	open_with(scene, (struct pooltoy_pool_spec){ .grace = 100 });
}

void scene_close(struct scene *scene)
{
	pooltoy_pool_release(scene->pool);
	stage_close(&scene->stage);
	expect_nothing_left(scene->descriptors);
}

void check_out(struct scene *scene)
{
	MUST(pooltoy_checkout(scene->pool, SOON, &scene->lease));
}

int tell_rogue(struct scene *scene, int verb, int number, int *answer, int timeout_ms)
{
	struct rogue_order order = { verb, number };
	size_t length = sizeof *answer;

	return pooltoy_call(&scene->lease, &order, sizeof order, answer, answer ? &length : NULL,
			    timeout_ms);
}

int cast_rogue(struct scene *scene, int verb, int number)
{
	struct rogue_order order = { verb, number };

	return pooltoy_cast(&scene->lease, &order, sizeof order);
}

struct rogue_self describe(struct scene *scene)
{
	struct rogue_order order = { ROGUE_DESCRIBE, 0 };
	struct rogue_self self;
	size_t length = sizeof self;

	memset(&self, 0, sizeof self);
	EXPECT(POOLTOY_OK, pooltoy_call(&scene->lease, &order, sizeof order, &self, &length, SOON));
	CU_ASSERT_EQUAL(length, sizeof self);
	return self;
}

void expect_a_successor(struct scene *scene)
{
	int answer = 0;

	check_out(scene);
	EXPECT(POOLTOY_OK, tell_rogue(scene, ROGUE_DOUBLE, 21, &answer, SOON));
	CU_ASSERT_EQUAL(answer, 42);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&scene->lease));
}

void *hold_and_end(void *argument)
{
	struct scene *scene = argument;

	check_out(scene);
	return NULL;
}
