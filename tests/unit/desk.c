/* SPDX-License-Identifier: MIT */
#include "unit/desk.h"

#include <CUnit/CUnit.h>

static sync_atomic(uint64_t) now;
static sync_atomic(unsigned) clock_reads;

uint64_t desk_now(void)
{
	return figure_load(&now);
}

unsigned desk_clock_reads(void)
{
	return figure_load(&clock_reads);
}

void wait_for(uint64_t ns)
{
	figure_add(&now, ns);
}

static uint64_t read_clock(void)
{
	figure_add_shared(&clock_reads, 1);
	return desk_now();
}

void desk_open(struct desk *desk, enum broker_strategy strategy, uint64_t starvation)
{
	figure_store(&now, DESK_OPENS);
	figure_store(&clock_reads, 0);
	CU_ASSERT_FATAL(broker_init(&desk->broker, strategy, SLOT_CHUNK, sizeof(struct slot),
				    starvation, read_clock));
	CU_ASSERT_EQUAL_FATAL(slot_table_grow(&desk->broker.slots, NULL), SLOT_CHUNK);
	for (unsigned i = 0; i < DESK_WAITERS; i++)
		CU_ASSERT_EQUAL_FATAL(parker_init(&desk->parkers[i]), 0);
}

void desk_close(struct desk *desk)
{
	broker_destroy(&desk->broker);
	for (unsigned i = 0; i < DESK_WAITERS; i++)
		parker_destroy(&desk->parkers[i]);
}

struct slot *slot_at(struct desk *desk, unsigned index)
{
	return slot_table_at(&desk->broker.slots, index);
}

struct slot *slot_in(struct desk *desk, unsigned index, enum slot_state state)
{
	struct slot *slot = slot_at(desk, index);

	sync_store(&slot->word, slot_word_make(GENERATION, 0, state), relaxed);
	return slot;
}

enum broker_freed check_in(struct desk *desk, unsigned index)
{
	struct slot *slot = slot_in(desk, index, SLOT_LEASED);

	return broker_free(&desk->broker, slot, slot_look(slot), GENERATION + 1);
}

int take(struct desk *desk)
{
	struct slot *slot = NULL;
	uint64_t generation = 0;

	if (!broker_take(&desk->broker, 0, &slot, &generation))
		return NOTHING;
	CU_ASSERT(slot_word_is_lease(slot_look(slot), generation));
	return (int)slot->index;
}

void enter(struct desk *desk, unsigned i)
{
	CU_ASSERT_EQUAL(broker_enter(&desk->broker, &desk->waiters[i], &desk->parkers[i]), 0);
}

void enter_high(struct desk *desk, unsigned i)
{
	CU_ASSERT_EQUAL(broker_enter_high(&desk->broker, &desk->waiters[i], &desk->parkers[i]), 0);
}

enum waiter_outcome leave(struct desk *desk, unsigned i)
{
	return broker_leave(&desk->broker, &desk->waiters[i]);
}

enum waiter_outcome outcome(struct desk *desk, unsigned i)
{
	return (enum waiter_outcome)sync_load(&desk->waiters[i].outcome, acquire);
}

bool woken(struct desk *desk, unsigned i)
{
	static const uint64_t passed = 1; /* a deadline */

	return parker_park(&desk->parkers[i], passed);
}
