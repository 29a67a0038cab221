/* SPDX-License-Identifier: MIT */
/* held_starts.h: a pool whose workers are held in their init, for the stories of how they come up. */
#ifndef SCENARIO_HELD_STARTS_H
#define SCENARIO_HELD_STARTS_H

#include "scenario/support.h"

struct play {
	struct stage stage;
	struct troupe troupe;
	struct gate gate;
	struct pooltoy_pool *pool;
};

/* The pool is poolio, of puppets. */
void play_open(struct play *play, const struct pooltoy_pool_spec *given);

/* Nobody is held any more. */
void play_close(struct play *play);

#endif
