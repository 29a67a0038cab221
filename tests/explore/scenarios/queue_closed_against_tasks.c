/* SPDX-License-Identifier: MIT */
/* queue_closed_against_tasks.c: one runs to its end, or neither. */
#include "completions.h"

static void open(void)
{
	completions_open_one();
	completions_submit_3();
	EXPLORE_CHECK(completions_submit(4) == 0);
}

EXPLORE_SCENARIO(queue_closed_against_tasks) = {
	.story = "the queue is closed while a task of its runs and another waits",
	.setup = open,
	.finish = completions_close_after_queue,
	.sights = { [SERVED] = "run", [COMPLETIONS_CANCELLED] = "cancelled" },
	.fibers = { { "closer", completions_close_queue, false } },
	.delays = true,
};
