/* SPDX-License-Identifier: MIT */
/* stop_against_a_cancelled_call.c: whichever comes first, the handler is interrupted. */
#include "completions.h"
#include "deadline.h"

static uint64_t opened_at;

static void open(void)
{
	opened_at = sync_now();
	completions_open_calling();
	behaviour.calls_await_interrupt = true;
}

/* Time passes where nobody can go on: at the stop's deadline the handler would be interrupted anyhow. */
static void close(void)
{
	completions_see_and_close();
	EXPLORE_CHECK(sync_now() - opened_at < NS_PER_MS);
}

EXPLORE_SCENARIO(stop_against_a_cancelled_call) = {
	.story = "a call that is interrupted when it is cancelled, as its pool stops: that does "
		 "not wait for its deadline",
	.setup = open,
	.finish = close,
	.fibers = { { "stopper", act_stop, false }, { "canceller", completions_cancel_1, false } },
	.sights = { [CRASHED] = "never begun",
		    [COMPLETIONS_CANCELLED] = "cancelled",
		    [COMPLETIONS_TOO_LATE] = "too late" },
	.delays = true,
};
