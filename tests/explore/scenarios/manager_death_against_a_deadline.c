/* SPDX-License-Identifier: MIT */
/* manager_death_against_a_deadline.c: the next manager tells of what was over meanwhile. */
#include "completions.h"

EXPLORE_SCENARIO(manager_death_against_a_deadline) = {
	.story = "the manager dies while a checkout waits with a deadline",
	.setup = completions_open_waiting_a_while,
	.finish = completions_await_and_close,
	.fibers = { { "killer", act_kill_manager, false },
		    { "holder", completions_check_in_held, false } },
	.sights = { [SERVED] = "served", [TIMED_OUT] = "timed out" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
