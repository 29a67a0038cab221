/* SPDX-License-Identifier: MIT */
/* generation_wraps.c: so many leases that the generation begins anew, in the build of few bits. */
#include "acts.h"

#include "slot.h"

enum { WRAPPED = ACT_SIGHTS };

/* Leases: those beside another client, among which the generation wraps, and those before. */
enum { ROUNDS = 3 };
#if SLOT_GENERATION_BITS < 8
enum { WRAPS = true, BEFORE = SLOT_GENERATION_MASK - 2 };
#else
enum { WRAPS = false, BEFORE = 0 };
#endif

static struct pooltoy_lease last;

static void open(void)
{
	act_open_one();
	for (int i = 0; i < BEFORE; i++)
		act_use();
	last = (struct pooltoy_lease)POOLTOY_LEASE_INIT;
}

/* Each lease is good, and the one before it is stale, on both sides of the wrap. */
static void lease_again_and_again(void)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct pooltoy_lease lease;

		act_hold(&lease);
		if (last.slot) {
			EXPLORE_CHECK(pooltoy_checkin(&last) == POOLTOY_ESTALE);
			explore_saw(STALE);
			if (lease.generation < last.generation)
				explore_saw(WRAPPED);
		}
		EXPLORE_CHECK(pooltoy_lease_worker(&lease) == 0);
		EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
		last = lease;
	}
}

EXPLORE_SCENARIO(generation_wraps) = {
	.story = "a worker is leased more often than its generation has numbers, and nothing "
		 "happens",
	.setup = open,
	.finish = pools_close,
	.fibers = { { "many", lease_again_and_again, false }, { "other", act_use, false } },
	.sights = { [STALE] = "the lease before was stale",
		    [WRAPPED] = WRAPS ? "the generation began anew" : NULL },
};
