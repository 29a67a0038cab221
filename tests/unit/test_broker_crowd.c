/* SPDX-License-Identifier: MIT */
/* test_broker_crowd.c: a broker among more threads than it has slots. */
#include "support/suite.h"
#include "broker.h"

#include <pthread.h>

/*
 * More threads than slots, as a checkout goes, forever if need be: were a wakeup lost, the test
 * would hang. The clock moves at each look, so both ways of freeing happen.
 */
enum { CROWD = 6, SLOTS = 2, CHECKOUTS = 4000 };

static sync_atomic(uint64_t) now;

static uint64_t moving_clock(void)
{
	return sync_fetch_add(&now, 1, relaxed);
}

struct market {
	struct broker broker;
	unsigned held[SLOTS]; /* by each slot's holder */
	sync_atomic(unsigned) handed_over, waits;
};

static void release(struct market *market, struct slot *slot)
{
	slot_word word = slot_look(slot);
	enum broker_freed freed =
		broker_free(&market->broker, slot, word, slot_word_generation(word) + 1);

	CU_ASSERT_NOT_EQUAL(freed, BROKER_MOVED);
	figure_add_shared(&market->handed_over, freed == BROKER_HANDED_OVER);
}

static struct slot *checkout_waiting(struct market *market, struct parker *parker)
{
	struct slot *slot = NULL;
	struct waiter waiter;
	uint64_t generation;
	bool found;

	CU_ASSERT_EQUAL(broker_enter(&market->broker, &waiter, parker), 0);
	figure_add_shared(&market->waits, 1);
	while (!(found = broker_take(&market->broker, 0, &slot, &generation)) &&
	       sync_load(&waiter.outcome, acquire) == WAITER_WAITING) {
		parker_park(parker, SYNC_NEVER);
		checkout_queue_look(&market->broker.queue);
	}
	if (broker_leave(&market->broker, &waiter) != WAITER_GRANTED)
		return slot;
	if (found)
		release(market, slot);
	return waiter.slot;
}

static void *trade(void *argument)
{
	struct market *market = argument;
	struct parker *parker = parker_acquire(); /* a late waker may still be at it afterwards */
	unsigned i;

	CU_ASSERT(parker != NULL);
	for (i = 0; i < CHECKOUTS; i++) {
		struct slot *slot;
		uint64_t generation;

		if (!broker_take(&market->broker, i, &slot, &generation))
			slot = checkout_waiting(market, parker);
		market->held[slot->index]++;
		if (i % 8 == 0)
			sched_yield();
		release(market, slot);
	}
	parker_release(parker);
	return NULL;
}

static void open_market(struct market *market, enum broker_strategy strategy)
{
	unsigned i;

	*market = (struct market){ .held = { 0 } };
	CU_ASSERT_FATAL(broker_init(&market->broker, strategy, SLOT_CHUNK, sizeof(struct slot), 8,
				    moving_clock));
	CU_ASSERT_EQUAL_FATAL(slot_table_grow(&market->broker.slots, NULL), SLOT_CHUNK);
	for (i = 0; i < SLOTS; i++) {
		struct slot *slot = slot_table_at(&market->broker.slots, i);

		sync_store(&slot->word, slot_word_make(0, 0, SLOT_LEASED), relaxed);
		release(market, slot);
	}
}

static void nobody_sleeps_with(enum broker_strategy strategy)
{
	static struct market market;
	pthread_t threads[CROWD];
	unsigned i, held = 0;

	open_market(&market, strategy);
	for (i = 0; i < CROWD; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, trade, &market), 0);
	for (i = 0; i < CROWD; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < SLOTS; i++)
		held += market.held[i];
	CU_ASSERT_EQUAL(held, CROWD * CHECKOUTS);
	CU_ASSERT(figure_load(&market.waits) > 0);
	CU_ASSERT(figure_load(&market.handed_over) > 0);
	broker_destroy(&market.broker);
	parker_free_all();
}

static void nobody_sleeps_beside_an_idle_slot_affine(void)
{
	nobody_sleeps_with(BROKER_AFFINE);
}

static void nobody_sleeps_beside_an_idle_slot_lifo(void)
{
	nobody_sleeps_with(BROKER_LIFO);
}

static void nobody_sleeps_beside_an_idle_slot_fifo(void)
{
	nobody_sleeps_with(BROKER_FIFO);
}

/* Overflow that several threads count down at once: each of it goes once. */
enum { OVERFLOW = 10000000, COUNTERS = 3 };

struct tally {
	struct broker broker;
	sync_atomic(unsigned) ready;
	sync_atomic(int) dropped;
};

static void *count_down(void *argument)
{
	struct tally *tally = argument;
	int dropped = 0;

	sync_fetch_add(&tally->ready, 1, relaxed);
	sync_yield_until(sync_load(&tally->ready, relaxed) == COUNTERS);
	while (broker_drop_overflow(&tally->broker, 0))
		dropped++;
	sync_fetch_add(&tally->dropped, dropped, relaxed);
	return NULL;
}

static void overflow_that_many_drop_at_once_is_dropped_once_each(void)
{
	static struct tally tally;
	pthread_t threads[COUNTERS];

	CU_ASSERT_FATAL(
		broker_init(&tally.broker, BROKER_AFFINE, 1, sizeof(struct slot), 0, moving_clock));
	sync_store(&tally.broker.overflow, OVERFLOW, relaxed);
	for (unsigned i = 0; i < COUNTERS; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, count_down, &tally), 0);
	for (unsigned i = 0; i < COUNTERS; i++)
		pthread_join(threads[i], NULL);
	CU_ASSERT_EQUAL(sync_load(&tally.dropped, relaxed), OVERFLOW);
	CU_ASSERT_EQUAL(sync_load(&tally.broker.overflow, relaxed), 0);
	broker_destroy(&tally.broker);
}

SUITE(TEST(nobody_sleeps_beside_an_idle_slot_affine), TEST(nobody_sleeps_beside_an_idle_slot_lifo),
      TEST(nobody_sleeps_beside_an_idle_slot_fifo),
      TEST(overflow_that_many_drop_at_once_is_dropped_once_each))
