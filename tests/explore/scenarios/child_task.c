/* SPDX-License-Identifier: MIT */
/* child_task.c: a task runs in a child, which may be killed. */
#include "children.h"

static int told;

static void done(const struct pooltoy_outcome *outcome, void *argument)
{
	(void)argument;
	told++;
	act_see(outcome->code);
}

static void submit(void)
{
	int number = 21;

	told = 0;
	EXPLORE_CHECK(pooltoy_submit(poolio, &number, sizeof number, done, NULL, NULL) == 0);
}

static void close_when_told(void)
{
	sync_yield_until(told == 1);
	children_serve_and_close();
}

EXPLORE_SCENARIO(child_task) = {
	.story = "a task runs in a child, which may be killed",
	.setup = children_open,
	.finish = close_when_told,
	.fibers = { { "sender", submit, false } },
	.sights = { [SERVED] = "done", [CRASHED] = "crashed" },
	.delays = true,
	.budget = { .child_deaths = 1 },
};
