/* SPDX-License-Identifier: MIT */
/* no_thread_at_any_place.c: an error code, nothing lost, nothing leaked. */
#include "whole_life.h"

EXPLORE_SCENARIO(no_thread_at_any_place) = {
	.story = "each thread start of a pool's life fails once, and any two",
	.fibers = { { "user", whole_life, false } },
	.sights = { [STARTED] = "started",
		    [NO_SUPERVISOR] = "no supervisor",
		    [NO_POOL] = "no pool",
		    [NO_CALL] = "no call",
		    [SERVED] = "served" },
	.budget = { .no_threads = 2 },
	.delays = true,
};
