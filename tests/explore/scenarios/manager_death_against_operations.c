/* SPDX-License-Identifier: MIT */
/* manager_death_against_operations.c: what waits survives the manager. */
#include "completions.h"

EXPLORE_SCENARIO(manager_death_against_operations) = {
	.story = "the manager dies while a checkout waits, another and a task come, and the worker "
		 "comes free",
	.setup = completions_open_waiting,
	.finish = completions_await_and_close,
	.fibers = { { "starter", completions_checkout_2, false },
		    { "sender", completions_submit_3, false },
		    { "killer", act_kill_manager, false },
		    { "holder", completions_check_in_held, false } },
	.sights = { [SERVED] = "served" },
	.bound = 1,
	.delays = true,
};
