/* SPDX-License-Identifier: MIT */
/* cancel_against_checkin.c: what is cancelled keeps nobody behind it waiting. */
#include "tasks.h"

static void open(void)
{
	tasks_open_one_and_hold();
	tasks_submit_1();
	tasks_submit_2();
}

EXPLORE_SCENARIO(cancel_against_checkin) = {
	.story = "the first of two tasks is cancelled, twice, as the worker becomes free",
	.setup = open,
	.finish = tasks_close_after_cancel,
	.fibers = { { "holder", tasks_check_in_held, false },
		    { "canceller", tasks_cancel_1, false },
		    { "another", tasks_cancel_1, false } },
	.sights = { [TASKS_CANCELLED] = "cancelled", [TASKS_TOO_LATE] = "too late" },
	.delays = true,
};
