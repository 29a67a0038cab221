/* SPDX-License-Identifier: MIT */
/* child_cast_against_a_call.c: another thread casts while the lease's holder calls the child by itself. */
#include "children.h"

static void children_open_and_hold(void)
{
	children_open();
	act_hold(&act_held);
}

static void call(void)
{
	act_see(pools_call(&act_held, 21, -1));
}

static void cast(void)
{
	EXPLORE_CHECK(pooltoy_cast(&act_held, "x", 1) == 0);
}

static void check_in_and_close(void)
{
	EXPLORE_CHECK(pooltoy_checkin(&act_held) == 0);
	children_serve_and_close();
	EXPLORE_CHECK(children.casts == 1);
}

EXPLORE_SCENARIO(child_cast_against_a_call) = {
	.story = "another thread casts while the lease's holder calls the child by itself",
	.setup = children_open_and_hold,
	.finish = check_in_and_close,
	.fibers = { { "caller", call, false }, { "caster", cast, false } },
	.sights = { [SERVED] = "answered" },
	.delays = true,
};
