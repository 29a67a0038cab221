/* SPDX-License-Identifier: MIT */
/* test_monitor_table.c: who holds which worker, since when, from where. */
#include "support/suite.h"
#include "monitor_table.h"

#include <pthread.h>
#include <string.h>

static const int here, there;
static const struct monitor_table monitors; /* of instance 0, as the slots are */

static struct slot leased_slot(uint64_t generation)
{
	struct slot slot = { .index = 0 };

	atomic_init(&slot.word, slot_word_make(generation, 0, SLOT_LEASED));
	return slot;
}

static void a_lease_that_was_entered_can_be_read(void)
{
	struct slot slot = leased_slot(7);
	struct monitor_record record;

	CU_ASSERT_FALSE(monitor_table_read(&monitors, &slot, &record));
	monitor_table_enter(&slot, 7, &(struct monitor_holder){ 1234, "connection 5" }, 99, &here);
	CU_ASSERT_FATAL(monitor_table_read(&monitors, &slot, &record));
	CU_ASSERT_EQUAL(record.thread_id, 1234);
	CU_ASSERT_STRING_EQUAL(record.name, "connection 5");
	CU_ASSERT_EQUAL(record.since, 99);
	CU_ASSERT_PTR_EQUAL(record.acquired_at, &here);
	CU_ASSERT_EQUAL(figure_load(&slot.leases), 1);
}

static void tasks_are_a_holder_of_their_own_and_no_lease(void)
{
	struct slot slot = leased_slot(7);
	struct monitor_record record;

	monitor_table_serve(&slot, 7, 1234, 99);
	CU_ASSERT_FALSE(monitor_table_read(&monitors, &slot, &record)); /* it is leased */
	sync_store(&slot.word, slot_word_make(7, 0, SLOT_SERVING), relaxed);
	monitor_table_serve(&slot, 6, 1234, 99);
	CU_ASSERT_FALSE(monitor_table_read(&monitors, &slot, &record));
	monitor_table_serve(&slot, 7, 1234, 99);
	CU_ASSERT_FATAL(monitor_table_read(&monitors, &slot, &record));
	CU_ASSERT_EQUAL(record.thread_id, 1234);
	CU_ASSERT_STRING_EQUAL(record.name, "tasks");
	CU_ASSERT_EQUAL(record.since, 99);
	CU_ASSERT_PTR_NULL(record.acquired_at);
	CU_ASSERT_EQUAL(figure_load(&slot.leases), 0);
	/* The next client's entry is its own. */
	sync_store(&slot.word, slot_word_make(8, 0, SLOT_LEASED), relaxed);
	CU_ASSERT_FALSE(monitor_table_read(&monitors, &slot, &record));
	monitor_table_enter(&slot, 8, &(struct monitor_holder){ 5, NULL }, 1, &here);
	CU_ASSERT(monitor_table_read(&monitors, &slot, &record));
	CU_ASSERT_STRING_EQUAL(record.name, "");
}

static void an_entry_of_another_lease_is_none(void)
{
	struct slot slot = leased_slot(6);
	struct monitor_record record;

	monitor_table_enter(&slot, 6, &(struct monitor_holder){ 6, NULL }, 1, &here);
	CU_ASSERT(monitor_table_read(&monitors, &slot, &record));
	/* The next holder has not written yet. */
	sync_store(&slot.word, slot_word_make(7, 0, SLOT_LEASED), relaxed);
	CU_ASSERT_FALSE(monitor_table_read(&monitors, &slot, &record));
}

static void a_holder_that_comes_late_leaves_the_next_ones_entry_alone(void)
{
	struct slot slot = leased_slot(7);
	struct monitor_record record;
	uint64_t generation;

	for (generation = 0; generation < 20; generation++) {
		monitor_table_enter(&slot, generation,
				    &(struct monitor_holder){ (long)generation, NULL }, 1, &here);
		CU_ASSERT_EQUAL(monitor_table_read(&monitors, &slot, &record), generation >= 7);
		CU_ASSERT(generation < 7 || record.thread_id == 7);
	}
}

static void a_slot_that_is_not_leased_has_no_holder(void)
{
	unsigned state;

	for (state = SLOT_VACANT; state <= SLOT_STOPPING; state++) {
		struct slot slot = leased_slot(7);
		struct monitor_record record;

		monitor_table_enter(&slot, 7, &(struct monitor_holder){ 1, NULL }, 1, &here);
		sync_store(&slot.word, slot_word_make(7, 0, (enum slot_state)state), relaxed);
		CU_ASSERT_EQUAL(monitor_table_read(&monitors, &slot, &record),
				state == SLOT_LEASED);
	}
}

static void fresh_memory_has_no_entry_for_the_very_first_lease(void)
{
	struct slot slot = leased_slot(0);
	struct monitor_record record;

	CU_ASSERT_FALSE(monitor_table_read(&monitors, &slot, &record));
	monitor_table_enter(&slot, 0, &(struct monitor_holder){ 1, NULL }, 1, &here);
	CU_ASSERT(monitor_table_read(&monitors, &slot, &record));
}

static void names_are_cut_and_wiped_for_a_thread_that_has_none(void)
{
	static const char longest[] = "0123456789012345678901234567890123456789";
	struct slot slot = leased_slot(7);
	struct monitor_record record;

	monitor_table_enter(&slot, 7, &(struct monitor_holder){ 1, longest }, 1, &here);
	CU_ASSERT_FATAL(monitor_table_read(&monitors, &slot, &record));
	CU_ASSERT_EQUAL(strlen(record.name), 31);
	CU_ASSERT_EQUAL(strncmp(record.name, longest, 31), 0);
	monitor_table_enter(&slot, 7, &(struct monitor_holder){ 1, "ab" }, 1, &here);
	CU_ASSERT_FATAL(monitor_table_read(&monitors, &slot, &record));
	CU_ASSERT_STRING_EQUAL(record.name, "ab");
	monitor_table_enter(&slot, 7, &(struct monitor_holder){ 2, NULL }, 1, &there);
	CU_ASSERT_FATAL(monitor_table_read(&monitors, &slot, &record));
	CU_ASSERT_STRING_EQUAL(record.name, "");
	CU_ASSERT_PTR_EQUAL(record.acquired_at, &there);
	CU_ASSERT_EQUAL(figure_load(&slot.leases), 3);
}

static void an_entry_of_an_old_instance_is_none(void)
{
	static const struct monitor_table next = { .instance = 1 };
	struct slot slot = leased_slot(7);
	struct monitor_record record;

	monitor_table_enter(&slot, 7, &(struct monitor_holder){ 1, NULL }, 1, &here);
	CU_ASSERT(monitor_table_read(&monitors, &slot, &record));
	CU_ASSERT_FALSE(monitor_table_read(&next, &slot, &record));
}

static void the_count_is_of_leases_with_a_known_holder(void)
{
	struct slot_table table;
	unsigned i;

	CU_ASSERT_FATAL(slot_table_init(&table, 2 * SLOT_CHUNK, sizeof(struct slot)));
	CU_ASSERT_EQUAL(monitor_table_count(&monitors, &table), 0);
	CU_ASSERT_EQUAL_FATAL(slot_table_grow(&table, NULL), SLOT_CHUNK);
	CU_ASSERT_EQUAL_FATAL(slot_table_grow(&table, NULL), SLOT_CHUNK);
	for (i = 0; i < 20; i++) {
		struct slot *slot = slot_table_at(&table, i);

		sync_store(&slot->word, slot_word_make(0, 0, i % 2 ? SLOT_LEASED : SLOT_IDLE),
			   relaxed);
		if (i != 19) /* its holder has not come to write yet */
			monitor_table_enter(slot, 0, &(struct monitor_holder){ 1, NULL }, 1, &here);
	}
	CU_ASSERT_EQUAL(monitor_table_count(&monitors, &table), 9);
	slot_table_destroy(&table);
}

/* Holders come and go beside a reader. */
enum { LEASES = 30000 };

static void *hold_again_and_again(void *argument)
{
	struct slot *slot = argument;
	long i;

	for (i = 1; i <= LEASES; i++) {
		uint64_t generation = 0;
		slot_word word;

		CU_ASSERT(slot_lease(slot, &generation));
		monitor_table_enter(slot, generation, &(struct monitor_holder){ i, NULL },
				    (uint64_t)i, &here);
		word = slot_look(slot);
		CU_ASSERT_EQUAL(slot_move(slot, word, slot_word_checked_in(word, true)), SLOT_DONE);
	}
	return NULL;
}

static void a_reader_beside_the_holders_sees_none_that_is_over(void)
{
	struct slot slot = leased_slot(0);
	struct monitor_record record;
	uint64_t last = 0;
	pthread_t holder;
	bool done = false;

	sync_store(&slot.word, slot_word_make(0, 0, SLOT_IDLE), relaxed);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&holder, NULL, hold_again_and_again, &slot), 0);
	while (!done) {
		uint64_t generation = slot_word_generation(slot_look(&slot));

		done = generation == LEASES;
		if (!monitor_table_read(&monitors, &slot, &record))
			continue;
		/* Lease number n was granted at generation n - 1. */
		CU_ASSERT(record.since > generation && record.since >= last);
		last = record.since;
	}
	pthread_join(holder, NULL);
	CU_ASSERT_EQUAL(figure_load(&slot.leases), LEASES);
	CU_ASSERT_EQUAL(monitor_table_read(&monitors, &slot, &record), false);
}

SUITE(TEST(a_lease_that_was_entered_can_be_read),
      TEST(tasks_are_a_holder_of_their_own_and_no_lease), TEST(an_entry_of_another_lease_is_none),
      TEST(a_holder_that_comes_late_leaves_the_next_ones_entry_alone),
      TEST(a_slot_that_is_not_leased_has_no_holder),
      TEST(fresh_memory_has_no_entry_for_the_very_first_lease),
      TEST(names_are_cut_and_wiped_for_a_thread_that_has_none),
      TEST(an_entry_of_an_old_instance_is_none), TEST(the_count_is_of_leases_with_a_known_holder),
      TEST(a_reader_beside_the_holders_sees_none_that_is_over))
