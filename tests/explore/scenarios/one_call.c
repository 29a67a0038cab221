/* SPDX-License-Identifier: MIT */
/* one_call.c: clients of a whole pool that only double numbers. */
#include "pools.h"

enum { ANSWERED };

static void open_one_worker(void)
{
	pools_open(POOLS_SPEC(.size = 1));
}

static void close_all(void)
{
	EXPLORE_CHECK(counts.calls > 0);
	pools_close();
}

static void double_21(void)
{
	EXPLORE_CHECK(pools_double(21, -1) == 0);
	explore_saw(ANSWERED);
}

EXPLORE_SCENARIO(one_client_calls) = {
	.story = "one client, one worker, one call: the whole of a pool's life",
	.setup = open_one_worker,
	.finish = close_all,
	.fibers = { { "client", double_21, false } },
	.sights = { [ANSWERED] = "answered" },
	.budget = { .spurious = 1 },
	.delays = true,
};

EXPLORE_SCENARIO(two_clients_call) = {
	.story = "two clients, one worker: both get their answers, whoever waits",
	.setup = open_one_worker,
	.finish = close_all,
	.fibers = { { "one", double_21, false }, { "other", double_21, false } },
	.sights = { [ANSWERED] = "answered" },
	.delays = true,
};
