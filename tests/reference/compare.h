/* SPDX-License-Identifier: MIT */
/* compare.h: the model against a look at the library. */
#ifndef REFERENCE_COMPARE_H
#define REFERENCE_COMPARE_H

#include "reference/agents.h"

enum { STORY_SIZE = 256 };

/* `expected` is model_status's. False, and the story, if there is a difference. */
bool compare(const struct model *model, const struct pooltoy_pool_status *expected,
	     const struct agents_view *view, char *story);

#endif
