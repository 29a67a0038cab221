/* SPDX-License-Identifier: MIT */
/* start_without_memory.c: it is refused, or comes to its end. */
#include "completions.h"

static void start(void)
{
	int code = completions_checkout(1, -1);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ENOMEM);
	code = completions_submit(3);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ENOMEM);
}

EXPLORE_SCENARIO(start_without_memory) = {
	.story = "an allocation fails anywhere in the start of a checkout and of a task",
	.setup = completions_open_one,
	.finish = completions_await_and_close,
	.fibers = { { "starter", start, false } },
	.sights = { [SERVED] = "served", [COMPLETIONS_REFUSED] = "refused" },
	.budget = { .no_memory = 1 },
	.delays = true,
};
