/* SPDX-License-Identifier: MIT */
/* world.h: plays a sequence on the model and on the library, and compares them after every step. */
#ifndef REFERENCE_WORLD_H
#define REFERENCE_WORLD_H

#include "reference/model.h"

struct play {
	const struct model_config *config;
	struct sequence sequence;
	bool telling;   /* each step is printed */
	unsigned steps; /* that were taken: those that did not make sense are none */
	unsigned wraps; /* leases of a value that an earlier one had had */
};

/* In the build of few generations. */
extern const bool world_wraps;

/* False: they differ, as the story says. */
bool world_play(struct play *play, char *story, size_t size);

#endif
