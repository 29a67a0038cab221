/* SPDX-License-Identifier: MIT */
/* ready_against_starts.c: who waits until two workers are up finds two, and is told, however they come up. */
#include "acts.h"
#include "laws.h"

static void open_for_two(void)
{
	act_open_one();
	laws_allow(2);
}

static void grow_to_two(void)
{
	EXPLORE_CHECK(pooltoy_pool_resize(poolio, 2, 0) == 0);
}

static void wait_for_two(void)
{
	struct pooltoy_lease leases[2];

	act_see(pooltoy_pool_wait_ready(poolio, 2, -1));
	for (int i = 0; i < 2; i++) {
		EXPLORE_CHECK(pooltoy_checkout(poolio, 0, &leases[i]) == 0);
		pools_granted(&leases[i]);
	}
	for (int i = 0; i < 2; i++)
		EXPLORE_CHECK(pooltoy_checkin(&leases[i]) == 0);
}

EXPLORE_SCENARIO(ready_against_starts) = {
	.story = "a thread waits until two workers are up, as the second one starts: then it finds "
		 "two idle",
	.setup = open_for_two,
	.finish = pools_close,
	.fibers = { { "grows", grow_to_two, false }, { "waits", wait_for_two, false } },
	.sights = { [SERVED] = "told" },
	.delays = true,
};
