/* SPDX-License-Identifier: MIT */
/* crashes.c: the explorer on itself: what would end the program ends one schedule. */
#include "context.h"
#include "explore.h"

static sync_atomic(int) order, never;

static void set_up(void)
{
	sync_store(&order, 0, relaxed);
}

static void comes_first(void)
{
	sync_fetch_add(&order, 1, relaxed);
}

static void expects_to_come_first(void)
{
	int before = sync_load(&order, relaxed);

	assert(before == 0);
	(void)before;
}

EXPLORE_SCENARIO(engine_assertion) = {
	.story = "an assertion of the library's own fails in some schedules: found, with its text",
	.setup = set_up,
	.fibers = { { "other", expects_to_come_first, false }, { "first", comes_first, false } },
	.must_fail = "assertion before == 0",
};

#ifndef CONTEXT_ASAN /* which tells of it itself, and ends the program */
static int *volatile nothing;

static void follows_a_null_pointer(void)
{
	if (sync_load(&order, relaxed))
		*nothing = 1;
}

EXPLORE_SCENARIO(engine_crash) = {
	.story = "a null pointer is followed in some schedules: found",
	.setup = set_up,
	.fibers = { { "other", follows_a_null_pointer, false }, { "first", comes_first, false } },
	.must_fail = "Segmentation fault, other after load &order",
};
#endif

static void spins_without_yielding(void)
{
	while (!sync_load(&never, relaxed))
		;
}

EXPLORE_SCENARIO(engine_livelock) = {
	.story = "a thread spins and never yields: told as a livelock, in the first schedule",
	.setup = set_up,
	.fibers = { { "spins", spins_without_yielding, false }, { "first", comes_first, false } },
	.must_fail = "livelock",
};
