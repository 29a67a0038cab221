/* SPDX-License-Identifier: MIT */
/* test_slot_table.c: slots in chunks that never move. */
#include "support/suite.h"
#include "slot_table.h"
#include "support/faults.h"

#include <pthread.h>
#include <string.h>

struct larger {
	struct slot slot;
	char more[100];
};

static struct pooltoy_pool *const POOL = (struct pooltoy_pool *)0x1000; /* never looked into */

static void a_table_grows_by_chunks_up_to_its_capacity(void)
{
	struct slot_table table;

	CU_ASSERT_FATAL(slot_table_init(&table, SLOT_CHUNK + 1, sizeof(struct larger)));
	CU_ASSERT_EQUAL(table.capacity, 2 * SLOT_CHUNK);
	CU_ASSERT_EQUAL(slot_table_count(&table), 0);
	CU_ASSERT_EQUAL(slot_table_grow(&table, POOL), SLOT_CHUNK);
	CU_ASSERT_EQUAL(slot_table_count(&table), SLOT_CHUNK);
	CU_ASSERT_EQUAL(slot_table_grow(&table, POOL), SLOT_CHUNK);
	CU_ASSERT_EQUAL(slot_table_count(&table), 2 * SLOT_CHUNK);
	CU_ASSERT_EQUAL(slot_table_grow(&table, POOL), 0);
	CU_ASSERT_EQUAL(slot_table_count(&table), 2 * SLOT_CHUNK);
	slot_table_destroy(&table);
}

static void slots_are_vacant_know_their_place_and_stay_where_they_are(void)
{
	enum { SLOTS = 5 * SLOT_CHUNK };
	struct slot *places[SLOTS];
	struct slot_table table;
	unsigned i, grown;

	CU_ASSERT_FATAL(slot_table_init(&table, SLOTS, sizeof(struct larger)));
	for (grown = 0; grown < SLOTS; grown += SLOT_CHUNK) {
		CU_ASSERT_EQUAL_FATAL(slot_table_grow(&table, POOL), SLOT_CHUNK);
		for (i = grown; i < grown + SLOT_CHUNK; i++) {
			places[i] = slot_table_at(&table, i);
			CU_ASSERT_EQUAL(places[i]->index, i);
			CU_ASSERT_PTR_EQUAL(places[i]->pool, POOL);
			CU_ASSERT_EQUAL(slot_look(places[i]), 0);
			CU_ASSERT_EQUAL((uintptr_t)places[i] % SYNC_CACHE_LINE, 0);
		}
	}
	for (i = 0; i < SLOTS; i++)
		CU_ASSERT_PTR_EQUAL(slot_table_at(&table, i), places[i]);
	slot_table_destroy(&table);
}

static void slots_do_not_overlap(void)
{
	struct slot_table table;
	unsigned i;

	CU_ASSERT_FATAL(slot_table_init(&table, SLOT_CHUNK, sizeof(struct larger)));
	CU_ASSERT_EQUAL_FATAL(slot_table_grow(&table, POOL), SLOT_CHUNK);
	for (i = 0; i < SLOT_CHUNK; i++) {
		struct larger *one = (struct larger *)slot_table_at(&table, i);

		memset(one->more, (int)i, sizeof one->more);
		sync_store(&one->slot.word, i, relaxed);
	}
	for (i = 0; i < SLOT_CHUNK; i++) {
		struct larger *one = (struct larger *)slot_table_at(&table, i);

		CU_ASSERT(one->more[0] == (char)i && one->more[sizeof one->more - 1] == (char)i);
		CU_ASSERT_EQUAL(slot_look(&one->slot), i);
	}
	slot_table_destroy(&table);
}

static void without_memory_the_table_stays_as_it_is_and_can_grow_later(void)
{
	struct slot_table table;

	faults_begin(FAULTS_MEMORY, 0, 1);
	CU_ASSERT_FALSE(slot_table_init(&table, SLOT_CHUNK, sizeof(struct larger)));
	CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 1);
	CU_ASSERT_FATAL(slot_table_init(&table, SLOT_CHUNK, sizeof(struct larger)));
	faults_begin(FAULTS_MEMORY, 0, 1);
	CU_ASSERT_EQUAL(slot_table_grow(&table, POOL), 0);
	CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 1);
	CU_ASSERT_EQUAL(slot_table_count(&table), 0);
	CU_ASSERT_EQUAL(slot_table_grow(&table, POOL), SLOT_CHUNK);
	slot_table_destroy(&table);
}

enum { MANY = 512 };

static void *read_along(void *argument)
{
	struct slot_table *table = argument;
	unsigned seen = 0;

	while (seen < MANY) {
		unsigned count = slot_table_count(table);

		CU_ASSERT(count >= seen);
		for (; seen < count; seen++) {
			CU_ASSERT_EQUAL(slot_table_at(table, seen)->index, seen);
			CU_ASSERT_PTR_EQUAL(slot_table_at(table, seen)->pool, POOL);
		}
		sched_yield();
	}
	return table;
}

static void readers_find_all_that_is_counted_while_it_grows(void)
{
	struct slot_table table;
	pthread_t reader;
	void *done = NULL;

	CU_ASSERT_FATAL(slot_table_init(&table, MANY, sizeof(struct larger)));
	CU_ASSERT_EQUAL_FATAL(pthread_create(&reader, NULL, read_along, &table), 0);
	while (slot_table_grow(&table, POOL))
		sched_yield();
	pthread_join(reader, &done);
	CU_ASSERT_PTR_EQUAL(done, &table);
	CU_ASSERT_EQUAL(slot_table_count(&table), MANY);
	slot_table_destroy(&table);
}

SUITE(TEST(a_table_grows_by_chunks_up_to_its_capacity),
      TEST(slots_are_vacant_know_their_place_and_stay_where_they_are), TEST(slots_do_not_overlap),
      TEST(without_memory_the_table_stays_as_it_is_and_can_grow_later),
      TEST(readers_find_all_that_is_counted_while_it_grows))
