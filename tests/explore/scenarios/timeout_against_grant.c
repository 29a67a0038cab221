/* SPDX-License-Identifier: MIT */
/* timeout_against_grant.c: a waiter gives up just as a slot is handed to it. */
#include "brokerage.h"

enum { GRANTED, TIMED_OUT, FOUND, BOTH };
enum { PATIENCE_NS = 1000 };

static struct holding held;
static bool timed_out;

/* Whoever waits at all starves: slots are handed over, never idle, while somebody waits. */
static void open(void)
{
	brokerage_open(BROKER_AFFINE, 1, 0);
	EXPLORE_CHECK(brokerage_checkout(&held, SYNC_NEVER));
	timed_out = false;
}

static void close(void)
{
	brokerage_close();
}

static void give_back(void)
{
	explore_advance(1); /* the waiter, if there is one, has waited for a while */
	EXPLORE_CHECK(brokerage_checkin(&held));
}

static void wait_a_little(void)
{
	struct holding holding;

	if (brokerage_checkout(&holding, sync_now() + PATIENCE_NS)) {
		explore_saw(brokerage_granted ? GRANTED : FOUND);
		EXPLORE_CHECK(brokerage_checkin(&holding));
	} else {
		timed_out = true;
		explore_saw(TIMED_OUT);
	}
}

static void wait_for_long(void)
{
	struct holding holding;

	EXPLORE_CHECK(brokerage_checkout(&holding, SYNC_NEVER));
	if (timed_out)
		explore_saw(BOTH);
	EXPLORE_CHECK(brokerage_checkin(&holding));
}

EXPLORE_SCENARIO(timeout_against_grant) = {
	.story = "a waiter times out while a slot is handed to it: one of the two wins, no slot is "
		 "lost",
	.setup = open,
	.finish = close,
	.fibers = { { "holder", give_back, false }, { "waiter", wait_a_little, false } },
	.sights = { [GRANTED] = "granted", [TIMED_OUT] = "timed out", [FOUND] = "found" },
	.budget = { .timeouts = 1, .spurious = 1 },
	.bound = 3,
	.cap = 500000,
};

EXPLORE_SCENARIO(timeout_before_another_waiter) = {
	.story = "who gives up passes on what was meant for it, to the waiter behind",
	.setup = open,
	.finish = close,
	.fibers = { { "holder", give_back, false },
		    { "impatient", wait_a_little, false },
		    { "patient", wait_for_long, false } },
	.sights = { [GRANTED] = "granted",
		    [TIMED_OUT] = "timed out",
		    [FOUND] = "found",
		    [BOTH] = "timed out, and the other was served" },
	.budget = { .timeouts = 1 },
	.cap = 200000,
};

static void be_cancelled(void)
{
	struct holding holding;

	EXPLORE_CHECK(brokerage_checkout(&holding, SYNC_NEVER));
	explore_saw(FOUND);
	EXPLORE_CHECK(brokerage_checkin(&holding));
}

EXPLORE_SCENARIO(cancellation_against_grant) = {
	.story = "a waiter is cancelled while a slot is handed to it: the one behind gets it",
	.setup = open,
	.finish = close,
	.fibers = { { "holder", give_back, false },
		    { "mortal", be_cancelled, true },
		    { "patient", wait_for_long, false } },
	.sights = { NULL },
	.budget = { .cancels = 1 },
	.cap = 200000,
};
