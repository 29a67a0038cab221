/* SPDX-License-Identifier: MIT */
/* overflow.c: workers beyond the pool's size: started for who waits, dismissed afterwards. */
#include "pools.h"

#include "pool.h"

static struct pooltoy_lease held;

enum { SERVED, OVERFLOWED, NOT_NEEDED, DISMISSED };

static void open_and_hold(void)
{
	pools_open(POOLS_SPEC(.size = 1, .max_overflow = 1));
	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &held) == 0);
	pools_granted(&held);
}

static void check_in(void)
{
	EXPLORE_CHECK(pooltoy_checkin(&held) == 0);
}

static void use(void)
{
	EXPLORE_CHECK(pools_double(21, -1) == 0);
	explore_saw(SERVED);
}

static unsigned alive(void)
{
	return counts.inits - counts.terminates;
}

/* Nobody needs it any more: what is left is the size. */
static void close_after_dismissal(void)
{
	explore_saw(counts.inits > 1 ? OVERFLOWED : NOT_NEEDED);
	sync_yield_until(alive() == 1 && figure_load(&poolio->broker.overflow) == 0);
	if (counts.events[POOLTOY_EVENT_WORKER_STOPPED] > 0)
		explore_saw(DISMISSED);
	pools_close();
}

EXPLORE_SCENARIO(overflow_start_against_checkin) = {
	.story = "a client waits, an overflow worker starts for it, and meanwhile the other comes "
		 "back",
	.setup = open_and_hold,
	.finish = close_after_dismissal,
	.fibers = { { "holder", check_in, false }, { "waiter", use, false } },
	.sights = { [SERVED] = "served",
		    [OVERFLOWED] = "by overflow",
		    [NOT_NEEDED] = "by the checkin",
		    [DISMISSED] = "the overflow was dismissed" },
	.delays = true,
};

static void open_empty(void)
{
	pools_open(POOLS_SPEC(.size = 0, .max_overflow = 2));
}

static void close_empty(void)
{
	sync_yield_until(alive() == 0 && figure_load(&poolio->broker.overflow) == 0);
	pools_close();
}

EXPLORE_SCENARIO(overflow_alone) = {
	.story = "a pool of size 0: each client gets a worker that is dismissed after it",
	.setup = open_empty,
	.finish = close_empty,
	.fibers = { { "one", use, false }, { "other", use, false } },
	.sights = { "served" },
	.delays = true,
};

static void give_up(void)
{
	int code = pools_double(21, 10);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ETIMEDOUT);
	explore_saw(code ? NOT_NEEDED : SERVED);
}

static void close_after_giving_up(void)
{
	EXPLORE_CHECK(pooltoy_checkin(&held) == 0);
	EXPLORE_CHECK(pools_double(21, -1) == 0);
	pools_close();
}

EXPLORE_SCENARIO(overflow_start_against_timeout) = {
	.story = "an overflow worker comes up for a client that has given up",
	.setup = open_and_hold,
	.finish = close_after_giving_up,
	.fibers = { { "waiter", give_up, false } },
	.sights = { [SERVED] = "served", [NOT_NEEDED] = "gave up" },
	.budget = { .timeouts = 1 },
	.delays = true,
};

/* Holds its worker until the other one has been dismissed: no other event brings that about. */
static void hold_until_alone(void)
{
	struct pooltoy_lease lease;

	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &lease) == 0);
	pools_granted(&lease);
	explore_saw(SERVED);
	sync_yield_until(alive() == 1);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
}

static void use_briefly(void)
{
	struct pooltoy_lease lease;

	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &lease) == 0);
	pools_granted(&lease);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
}

EXPLORE_SCENARIO(overflow_dismissed_beside_a_lease) = {
	.story = "two overflow workers for two clients: the first one back goes, though the other "
		 "stays",
	.setup = open_empty,
	.finish = close_empty,
	.fibers = { { "keeps", hold_until_alone, false }, { "brief", use_briefly, false } },
	.sights = { "served" },
	.delays = true,
};

static void open_small(void)
{
	pools_open(POOLS_SPEC(.size = 1, .max_overflow = 1));
}

static void close_small(void)
{
	sync_yield_until(alive() == 1 && figure_load(&poolio->broker.overflow) == 0);
	if (counts.inits > 1)
		explore_saw(OVERFLOWED);
	pools_close();
}

EXPLORE_SCENARIO(overflow_for_four_clients) = {
	.story = "four clients and two places, one of them overflow: at the end one worker is left",
	.setup = open_small,
	.finish = close_small,
	.fibers = { { "one", use_briefly, false },
		    { "two", use_briefly, false },
		    { "three", use_briefly, false },
		    { "four", use_briefly, false } },
	.sights = { [OVERFLOWED] = "an overflow worker came up" },
	.delays = true,
};
