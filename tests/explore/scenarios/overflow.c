/* SPDX-License-Identifier: MIT */
/* overflow.c: opened, and closed when all overflow has been dismissed. */
#include "overflow.h"

#include "laws.h"
#include "worker.h"

void overflow_open_empty(void)
{
	pools_open(POOLS_SPEC(.size = 0, .max_overflow = 2));
}

void overflow_open_small(void)
{
	pools_open(POOLS_SPEC(.size = 1, .max_overflow = 1));
}

void overflow_open_held(void)
{
	overflow_open_small();
	act_hold(&act_held);
}

unsigned overflow_alive(void)
{
	return counts.inits - counts.terminates;
}

static bool is_up(struct pooltoy_worker *worker)
{
	switch (slot_word_state(figure_load(&worker->slot.word))) {
	case SLOT_STARTING:
		return figure_load(&worker->up);
	case SLOT_IDLE:
	case SLOT_LEASED:
	case SLOT_RESETTING:
		return true;
	default:
		return false;
	}
}

void overflow_size_is_up(void)
{
	unsigned count = figure_load(&poolio->broker.slots.count), up = 0;

	for (unsigned index = 0; index < count; index++)
		up += is_up(worker_at(poolio, index));
	EXPLORE_CHECK(up >= poolio->config.size);
}

void overflow_hold_until_alone(void)
{
	struct pooltoy_lease lease;

	act_hold(&lease);
	explore_saw(SERVED);
	sync_yield_until(overflow_alive() == 1);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
}

void overflow_close(void)
{
	sync_yield_until(overflow_alive() == poolio->config.size &&
			 figure_load(&poolio->broker.overflow) == 0);
	pools_close();
}

void overflow_close_undismissed(void)
{
	EXPLORE_CHECK(laws_account()->stopped[SLOT_DISMISSED] == 0);
	act_use();
	overflow_close();
	EXPLORE_CHECK(laws_account()->stopped[SLOT_DISMISSED] == 0);
}
