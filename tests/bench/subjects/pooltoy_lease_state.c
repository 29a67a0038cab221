/* SPDX-License-Identifier: MIT */
/* pooltoy_lease_state.c: taking the state of a leased worker and giving it back; `full` with the
 * checkout before and the checkin after. Beside it, in each round, those two alone (plain_ns). */
#include <stdlib.h>
#include "scenarios/measure.h"
#include "subjects/pooltoy.h"

struct lease_state {
	struct order order;
	struct pool_set *set;
	uint64_t turns;
};

static void use_state(const struct pooltoy_lease *lease)
{
	void *state;

	if (pooltoy_lease_state(lease, &state) || pooltoy_lease_state_done(lease))
		must(-1, "lease_state");
}

static void turns(void *argument, unsigned thread)
{
	const struct lease_state *use = argument;
	struct pooltoy_lease lease;

	(void)thread;
	must(pooltoy_checkout(use->set->pools[0], -1, &lease), "checkout");
	for (uint64_t i = 0; i < use->turns; i++)
		use_state(&lease);
	must(pooltoy_checkin(&lease), "checkin");
}

static void full_turns(void *argument, unsigned thread)
{
	const struct lease_state *use = argument;

	(void)thread;
	for (uint64_t i = 0; i < use->turns; i++) {
		struct pooltoy_lease lease;

		must(pooltoy_checkout(use->set->pools[0], -1, &lease), "checkout");
		use_state(&lease);
		must(pooltoy_checkin(&lease), "checkin");
	}
}

static void plain_turns(void *argument, unsigned thread)
{
	const struct lease_state *use = argument;

	(void)thread;
	for (uint64_t i = 0; i < use->turns; i++) {
		struct pooltoy_lease lease;

		must(pooltoy_checkout(use->set->pools[0], -1, &lease), "checkout");
		must(pooltoy_checkin(&lease), "checkin");
	}
}

static uint64_t once(void *argument, uint64_t count)
{
	struct lease_state *use = argument;

	use->turns = count;
	return run_pinned(use->order.threads, use->order.full ? full_turns : turns, use);
}

static void *lease_state_open(const struct order *order)
{
	struct lease_state *use = must_alloc(sizeof *use);

	use->order = *order;
	use->set = open_pools(1, order->workers);
	use->turns = calibrate(once, use, order->ms);
	return use;
}

static void lease_state_round(void *context, struct answer *found)
{
	struct lease_state *use = context;

	answer(found, "ns", (double)once(use, use->turns) / (double)use->turns);
	answer(found, "plain_ns",
	       (double)run_pinned(use->order.threads, plain_turns, use) / (double)use->turns);
}

static void lease_state_close(void *context)
{
	struct lease_state *use = context;

	close_pools(use->set);
	free(use);
}

const struct scenario lease_state_scenario = { "lease_state", lease_state_open, lease_state_round,
					       lease_state_close };
