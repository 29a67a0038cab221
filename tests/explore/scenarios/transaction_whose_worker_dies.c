/* SPDX-License-Identifier: MIT */
/* transaction_whose_worker_dies.c: the transaction says so, and the next client has another. */
#include "acts.h"
#include "transaction.h"

EXPLORE_SCENARIO(transaction_whose_worker_dies) = {
	.story = "a worker dies within a transaction, and another takes its place",
	.setup = act_open_one,
	.finish = act_serve_and_close,
	.fibers = { { "one", transaction_run, false } },
	.sights = { [SERVED] = "called", [CRASHED] = "crashed" },
	.budget = { .worker_deaths = 1 },
	.delays = true,
};
