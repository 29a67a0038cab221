/* SPDX-License-Identifier: MIT */
/* test_deadlines.c: entries are set, dropped and expired, in whatever order these come. */
#include "support/suite.h"
#include "deadlines.h"
#include "support/faults.h"
#include "unit/random.h"

static struct deadlines deadlines;

static void open(void)
{
	deadlines = (struct deadlines){ .closed = false };
	CU_ASSERT_EQUAL_FATAL(deadlines_init(&deadlines), 0);
	CU_ASSERT_EQUAL(deadlines_next(&deadlines), UINT64_MAX);
}

static void who_expires_is_to_be_told_of_the_earliest_alone(void)
{
	struct deadline_entry entries[4] = { 0 };

	open();
	CU_ASSERT_EQUAL(deadlines_set(&deadlines, &entries[0], 100), DEADLINE_NEXT);
	CU_ASSERT_EQUAL(deadlines_set(&deadlines, &entries[1], 200), DEADLINE_SET);
	CU_ASSERT_EQUAL(deadlines_set(&deadlines, &entries[2], 100), DEADLINE_SET);
	CU_ASSERT_EQUAL(deadlines_set(&deadlines, &entries[3], 99), DEADLINE_NEXT);
	CU_ASSERT_EQUAL(deadlines_next(&deadlines), 99);
	CU_ASSERT_PTR_NULL(deadlines_expire(&deadlines, 98));
	CU_ASSERT_PTR_EQUAL(deadlines_expire(&deadlines, 99), &entries[3]);
	CU_ASSERT_PTR_NULL(deadlines_expire(&deadlines, 99));
	CU_ASSERT_EQUAL(deadlines_next(&deadlines), 100);
	CU_ASSERT_PTR_NOT_NULL(deadlines_expire(&deadlines, 199));
	CU_ASSERT_PTR_NOT_NULL(deadlines_expire(&deadlines, 199));
	CU_ASSERT_PTR_NULL(deadlines_expire(&deadlines, 199));
	CU_ASSERT_PTR_EQUAL(deadlines_expire(&deadlines, 200), &entries[1]);
	CU_ASSERT_EQUAL(deadlines_next(&deadlines), UINT64_MAX);
	deadlines_destroy(&deadlines);
}

static void what_is_dropped_does_not_expire_and_is_not_set_again(void)
{
	struct deadline_entry early = { .over = false }, late = { .over = false };

	open();
	deadlines_set(&deadlines, &early, 100);
	CU_ASSERT_TRUE(deadlines_drop(&deadlines, &early));
	CU_ASSERT_FALSE(deadlines_drop(&deadlines, &early));
	CU_ASSERT_EQUAL(deadlines_next(&deadlines), UINT64_MAX);
	CU_ASSERT_PTR_NULL(deadlines_expire(&deadlines, 100));
	/* Its object was over before it came to be set. */
	CU_ASSERT_FALSE(deadlines_drop(&deadlines, &late));
	CU_ASSERT_EQUAL(deadlines_set(&deadlines, &late, 100), DEADLINE_OVER);
	CU_ASSERT_PTR_NULL(deadlines_expire(&deadlines, 100));
	deadlines_destroy(&deadlines);
}

static void what_has_expired_is_not_there_to_be_dropped(void)
{
	struct deadline_entry entry = { .over = false };

	open();
	deadlines_set(&deadlines, &entry, 100);
	CU_ASSERT_PTR_EQUAL(deadlines_expire(&deadlines, 100), &entry);
	CU_ASSERT_FALSE(deadlines_drop(&deadlines, &entry));
	deadlines_destroy(&deadlines);
}

static void once_closed_all_come_out_and_none_goes_in(void)
{
	struct deadline_entry entries[3] = { 0 };

	open();
	deadlines_set(&deadlines, &entries[0], 100);
	deadlines_set(&deadlines, &entries[1], UINT64_MAX - 1);
	CU_ASSERT_PTR_EQUAL(deadlines_close(&deadlines), &entries[0]);
	CU_ASSERT_EQUAL(deadlines_set(&deadlines, &entries[2], 100), DEADLINE_CLOSED);
	CU_ASSERT_PTR_EQUAL(deadlines_close(&deadlines), &entries[1]);
	CU_ASSERT_PTR_NULL(deadlines_close(&deadlines));
	deadlines_destroy(&deadlines);
}

/* Each is taken out once: by a drop, or at its time. */
static void each_that_was_set_comes_out_once(void)
{
	enum { ENTRIES = 50, STEPS = 20000 };
	struct deadline_entry entries[ENTRIES] = { 0 };
	uint64_t when[ENTRIES] = { 0 }, now = 0, seed = 3;
	unsigned expired = 0, dropped = 0;

	open();
	for (unsigned step = 0; step < STEPS; step++) {
		unsigned i = random_below(&seed, ENTRIES);
		struct deadline_entry *entry;

		if (when[i] == 0) {
			entries[i] = (struct deadline_entry){ .over = false };
			when[i] = now + 1 + random_below(&seed, 100);
			deadlines_set(&deadlines, &entries[i], when[i]);
		} else if (step % 2) {
			CU_ASSERT_TRUE(deadlines_drop(&deadlines, &entries[i]));
			when[i] = 0;
			dropped++;
		}
		now++;
		while ((entry = deadlines_expire(&deadlines, now))) {
			CU_ASSERT_EQUAL(when[entry - entries], now);
			when[entry - entries] = 0;
			expired++;
		}
	}
	CU_ASSERT(expired > 1000 && dropped > 1000);
	while (deadlines_close(&deadlines))
		;
	deadlines_destroy(&deadlines);
}

static void without_a_lock_there_are_none(void)
{
	faults_begin(FAULTS_MUTEXES, 0, 1);
	CU_ASSERT_NOT_EQUAL(deadlines_init(&deadlines), 0);
	CU_ASSERT_EQUAL(faults_end(FAULTS_MUTEXES), 1);
}

SUITE(TEST(who_expires_is_to_be_told_of_the_earliest_alone),
      TEST(what_is_dropped_does_not_expire_and_is_not_set_again),
      TEST(what_has_expired_is_not_there_to_be_dropped),
      TEST(once_closed_all_come_out_and_none_goes_in), TEST(each_that_was_set_comes_out_once),
      TEST(without_a_lock_there_are_none))
