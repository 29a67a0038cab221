/* SPDX-License-Identifier: MIT */
/* lease_handed_over_as_its_client_dies.c: it is adopted, or stale. */
#include "acts.h"

enum { HANDED_OVER = ACT_SIGHTS, LIVED };

static struct pooltoy_lease held;
static sync_atomic(bool) is_held; /* told to the receiver */

static void open(void)
{
	act_open_one();
	sync_store(&is_held, false, relaxed);
}

static void adopt(void)
{
	struct pooltoy_lease lease;
	int code;

	sync_yield_until(sync_load(&is_held, acquire));
	lease = held;
	code = pooltoy_lease_adopt(NULL, &lease);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
	if (code) {
		explore_saw(STALE);
		return;
	}
	explore_saw(HANDED_OVER);
	pools_granted(&lease);
	EXPLORE_CHECK(pooltoy_checkin(&held) == POOLTOY_ESTALE);
	EXPLORE_CHECK(pools_call(&lease, 21, -1) == 0);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
}

/* Whether it dies here or ends a little later, it never checks in. */
static void hold_and_hand_over(void)
{
	act_hold(&held);
	sync_store(&is_held, true, release);
	explore_die_here();
	explore_saw(LIVED);
}

EXPLORE_SCENARIO(lease_handed_over_as_its_client_dies) = {
	.story = "the receiver adopts a lease while its client ends: it is adopted, or stale",
	.setup = open,
	.finish = act_use_and_close,
	.fibers = { { "giver", hold_and_hand_over, false }, { "receiver", adopt, false } },
	.sights = { [HANDED_OVER] = "adopted", [STALE] = "stale", [LIVED] = "the client went on" },
	.budget = { .client_deaths = 1 },
};
