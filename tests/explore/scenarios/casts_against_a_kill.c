/* SPDX-License-Identifier: MIT */
/* casts_against_a_kill.c: they are lost, and leak nothing. */
#include "casting.h"

static void close_after_kill(void)
{
	act_serve_and_close();
	EXPLORE_CHECK(counts.casts <= casts_sent);
	explore_saw(counts.casts == casts_sent ? DELIVERED : LOST);
}

EXPLORE_SCENARIO(casts_against_a_kill) = {
	.story = "a worker is killed with casts in its queue: they are lost, and leak nothing",
	.setup = casting_open,
	.finish = close_after_kill,
	.fibers = { { "client", casting_cast_and_check_in, false },
		    { "killer", act_kill_worker, false } },
	.sights = { [DELIVERED] = "delivered", [LOST] = "lost", [FULL] = "too many at once" },
	.delays = true,
};
