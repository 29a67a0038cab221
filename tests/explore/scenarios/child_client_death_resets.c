/* SPDX-License-Identifier: MIT */
/* child_client_death_resets.c: a client ends with its lease of a child, whose reset runs. */
#include "children.h"

EXPLORE_SCENARIO(child_client_death_resets) = {
	.story = "a client ends with its lease of a child, whose reset runs",
	.setup = children_open,
	.finish = children_serve_and_close,
	.fibers = { { "client", act_hold_and_end, false }, { "other", act_use_and_see, false } },
	.sights = { [SERVED] = "answered" },
	.delays = true,
};
