/* SPDX-License-Identifier: MIT */
/* shed_against_grant.c: who has waited for too long is shed, and who is behind it is served. */
#include "brokerage.h"

enum { BY_POLL, BY_HOLDER, SERVED, BEHIND };
/* Who has waited for longer than STARVATION_NS is handed a slot, else it is told of one. */
enum { TARGET_NS = 100, STARVATION_NS = TARGET_NS + TARGET_NS / 2 };

static unsigned shed, served;

static void open(void)
{
	brokerage_open(BROKER_AFFINE, 1, STARVATION_NS);
	EXPLORE_CHECK(brokerage_checkout(&brokerage_held, SYNC_NEVER));
	brokerage.queue.overload.target = TARGET_NS;
	brokerage.queue.overload.interval = 1000000;
	brokerage.queue.overload.ends = UINT64_MAX; /* this interval decides nothing */
	figure_store(&brokerage.queue.overload.sheds, true);
	shed = served = 0;
}

static uint64_t shed_so_far(void)
{
	return figure_load(&brokerage.queue.overload.shed);
}

static void note(int sight, uint64_t before)
{
	if (shed_so_far() > before)
		explore_saw(sight);
}

static void wait_in_line(void)
{
	struct holding holding;

	if (!brokerage_checkout(&holding, SYNC_NEVER)) {
		shed++;
		return;
	}
	served++;
	explore_saw(SERVED);
	if (shed_so_far() > 0)
		explore_saw(BEHIND);
	EXPLORE_CHECK(brokerage_checkin(&holding));
}

static void poll(void)
{
	uint64_t before = shed_so_far();

	explore_advance(STARVATION_NS);
	broker_poll_overload(&brokerage);
	note(BY_POLL, before);
}

static void give_back(void)
{
	uint64_t before = shed_so_far();

	explore_advance(TARGET_NS);
	brokerage_give_back();
	note(BY_HOLDER, before);
}

static void close(void)
{
	EXPLORE_CHECK(shed <= shed_so_far()); /* one may find a slot before it hears of that */
	EXPLORE_CHECK(shed + served == 2);
	brokerage_close();
}

EXPLORE_SCENARIO(shed_against_grant) = {
	.story = "an overloaded queue sheds a waiter as a slot comes: it is told, and the slot is "
		 "for the next, or idle",
	.setup = open,
	.finish = close,
	.fibers = { { "holder", give_back, false },
		    { "one", wait_in_line, false },
		    { "other", wait_in_line, false },
		    { "manager", poll, false } },
	.sights = { [BY_POLL] = "shed by the manager",
		    [BY_HOLDER] = "shed by who had a slot",
		    [SERVED] = "served",
		    [BEHIND] = "served behind one that was shed" },
	.cap = 200000,
};
