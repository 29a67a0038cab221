/* SPDX-License-Identifier: MIT */
/* child_call_after_a_cast.c: a call to a child comes after the cast that was sent before it. */
#include "children.h"

static void cast_and_call(void)
{
	struct pooltoy_lease lease;

	act_hold(&lease);
	EXPLORE_CHECK(pooltoy_cast(&lease, "x", 1) == 0);
	act_see(pools_call(&lease, 21, -1));
	EXPLORE_CHECK(children.ordered == 2 && children.order[0] == 'a');
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
}

EXPLORE_SCENARIO(child_call_after_a_cast) = {
	.story = "a call to a child comes after the cast that was sent before it",
	.setup = children_open,
	.finish = children_serve_and_close,
	.fibers = { { "caller", cast_and_call, false } },
	.sights = { [SERVED] = "answered" },
	.delays = true,
};
