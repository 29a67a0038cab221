/* SPDX-License-Identifier: MIT */
/* transaction_that_dies.c: its lease comes back. */
#include "acts.h"
#include "transaction.h"

EXPLORE_SCENARIO(transaction_that_dies) = {
	.story = "a thread ends, or is cancelled, within a transaction, and another waits",
	.setup = act_open_one,
	.finish = act_serve_and_close,
	.fibers = { { "one", transaction_run, true }, { "other", transaction_run, true } },
	.sights = { [SERVED] = "lived" },
	.budget = { .client_deaths = 1, .cancels = 1 },
	.delays = true,
};
