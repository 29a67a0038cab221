/* SPDX-License-Identifier: MIT */
/* park_against_timeout.c: the token is taken now, or stays for the next park. */
#include "explore.h"

#include "parker.h"

enum { IN_TIME, TOO_LATE };

static struct parker parker;

static void set_up(void)
{
	EXPLORE_CHECK(parker_init(&parker) == 0);
}

static void unpark(void)
{
	parker_unpark(&parker);
}

static void park_a_little(void)
{
	if (parker_park(&parker, sync_now() + 1000)) {
		explore_saw(IN_TIME);
	} else {
		explore_saw(TOO_LATE);
		EXPLORE_CHECK(parker_park(&parker, SYNC_NEVER)); /* the token stays */
	}
}

EXPLORE_SCENARIO(park_against_timeout) = {
	.story = "a park times out as it is ended: the token is taken now, or stays for the next "
		 "park",
	.setup = set_up,
	.fibers = { { "parks", park_a_little, false }, { "unparks", unpark, false } },
	.sights = { [IN_TIME] = "in time", [TOO_LATE] = "too late" },
	.budget = { .timeouts = 1, .spurious = 1 },
	.bound = 3,
	.cap = 200000,
};
