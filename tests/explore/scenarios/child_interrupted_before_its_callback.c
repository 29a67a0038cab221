/* SPDX-License-Identifier: MIT */
/* child_interrupted_before_its_callback.c: a call's time ends before the child has begun it, and the interrupt is not lost. */
#include "children.h"

enum { EARLY = ACT_SIGHTS };

static bool early;

static void open_waiting(void)
{
	early = false;
	children_open_with(CHILDREN_WAIT, true, POOLS_SPEC(.size = 1));
}

static void call_for_a_moment(void)
{
	act_see(pools_double(21, 10));
	if (children.calls == 0) {
		explore_saw(EARLY);
		early = true;
	}
}

/* The call's timeout has spent the budget: the grace time only passes when nobody can run. */
static void close_interrupted(void)
{
	act_serve_and_close();
	EXPLORE_CHECK(!early || children.inits == 1);
}

EXPLORE_SCENARIO(child_interrupted_before_its_callback) = {
	.story = "a call's time ends before the child has begun it, and the interrupt is not lost",
	.setup = open_waiting,
	.finish = close_interrupted,
	.fibers = { { "caller", call_for_a_moment, false } },
	.sights = { [SERVED] = "answered",
		    [TIMED_OUT] = "gave up",
		    [EARLY] = "before the callback" },
	.delays = true,
	.budget = { .timeouts = 1 },
};
