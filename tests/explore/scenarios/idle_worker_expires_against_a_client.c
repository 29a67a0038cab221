/* SPDX-License-Identifier: MIT */
/* idle_worker_expires_against_a_client.c: a worker has been idle for too long, just as a client comes for it. */
#include "overflow.h"
#include "laws.h"
#include "worker.h"

enum { WENT = ACT_SIGHTS, STAYED, TTL = 1000000 /* ns */ };

static void open_for_a_moment(void)
{
	pools_open(POOLS_SPEC(.size = 1, .min_size = POOLTOY_NONE, .idle_ttl = 1));
	/* It has been seen idle: what is left is that its time is over. */
	sync_yield_until(poolio->elasticity.look_at == worker_at(poolio, 0)->seen_idle_since + TTL);
}

/* By that worker, or another one, which goes in its turn. */
static void close_when_all_have_gone(void)
{
	explore_saw(counts.inits > 1 ? WENT : STAYED);
	sync_yield_until(overflow_alive() == 0 && figure_load(&poolio->elasticity.kept) == 0);
	act_use_and_close();
	EXPLORE_CHECK(laws_account()->stopped[SLOT_DISMISSED] ==
		      figure_load(&poolio->elasticity.expired));
}

EXPLORE_SCENARIO(idle_worker_expires_against_a_client) = {
	.story = "a worker goes since it was idle for too long, just as a client comes: it is "
		 "served, by "
		 "that one or another",
	.setup = open_for_a_moment,
	.finish = close_when_all_have_gone,
	.fibers = { { "client", act_use, false } },
	.sights = { [WENT] = "by another", [STAYED] = "by that one" },
	.budget = { .timeouts = 1 },
	.delays = true,
};
