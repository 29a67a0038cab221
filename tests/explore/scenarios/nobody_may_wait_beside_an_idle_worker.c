/* SPDX-License-Identifier: MIT */
/* nobody_may_wait_beside_an_idle_worker.c: where nobody may wait, a checkout is a try. */
#include "acts.h"
#include "worker.h"

/* The worker is held, and searches have found that it is. */
static void open_without_a_queue(void)
{
	struct pooltoy_lease none;

	pools_open(POOLS_SPEC(.size = 1, .max_queue = POOLTOY_NONE));
	act_hold(&act_held);
	EXPLORE_CHECK(pooltoy_checkout(poolio, 0, &none) == POOLTOY_EFULL);
}

/* Whether a search is led to it by then is another matter. */
static void use_once_idle(void)
{
	sync_yield_until(slot_word_is_idle(figure_load(&worker_at(poolio, 0)->slot.word)));
	act_use_and_see();
}

EXPLORE_SCENARIO(nobody_may_wait_beside_an_idle_worker) = {
	.story = "a worker becomes idle, and a client comes to where nobody may wait: it is served",
	.setup = open_without_a_queue,
	.finish = act_use_and_close,
	.fibers = { { "checkin", act_check_in_held, false }, { "client", use_once_idle, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
