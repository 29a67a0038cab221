/* SPDX-License-Identifier: MIT */
#include "scenario/held_starts.h"

#include <CUnit/CUnit.h>

void play_open(struct play *play, const struct pooltoy_pool_spec *given)
{
	struct pooltoy_pool_spec spec = *given;

	gate_init(&play->gate);
	play->troupe.init_gate = &play->gate;
	spec.name = "poolio";
	spec.worker = &puppet_ops;
	spec.argument = &play->troupe;
	stage_open(&play->stage);
	play->pool = start_pool(&play->stage, &spec);
}

void play_close(struct play *play)
{
	pooltoy_pool_release(play->pool);
	stage_close(&play->stage);
	CU_ASSERT_EQUAL(play->troupe.on_stage, 0);
	gate_destroy(&play->gate);
}
