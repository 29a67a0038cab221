/* SPDX-License-Identifier: MIT */
/* two_tasks_and_two_workers.c: a sender that is stopped in the middle keeps no other task from its worker. */
#include "tasks.h"

EXPLORE_SCENARIO(two_tasks_and_two_workers) = {
	.story = "two senders, the one stopped in the middle, and two workers: neither task waits "
		 "beside an idle one",
	.setup = tasks_open_two,
	.finish = tasks_await_and_close,
	.fibers = { { "one", tasks_submit_1, false }, { "other", tasks_submit_2, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
