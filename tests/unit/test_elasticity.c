/* SPDX-License-Identifier: MIT */
/* test_elasticity.c: what is kept, who goes and when, how many start; to the nanosecond. */
#include "support/suite.h"
#include "elasticity.h"
#include "spec.h"
#include "worker.h"

#include <string.h>

#define MS UINT64_C(1000000)

static struct pooltoy_pool *pool;

/* A pool without threads, of which so many workers are up, and idle. */
static void open_with(struct pooltoy_pool_spec spec, unsigned up)
{
	static const struct pooltoy_worker_ops ops = POOLTOY_WORKER_OPS(.init = NULL);
	struct pool_config config;

	spec.name = "poolio";
	spec.worker = &ops;
	CU_ASSERT_EQUAL_FATAL(spec_to_config(&spec, &config), POOLTOY_OK);
	CU_ASSERT_EQUAL_FATAL(pool_create(&config, &worker_kind, &pool), POOLTOY_OK);
	CU_ASSERT_EQUAL_FATAL(slot_table_grow(&pool->broker.slots, pool), SLOT_CHUNK);
	for (unsigned i = 0; i < up; i++) {
		struct pooltoy_worker *worker = worker_at(pool, i);

		CU_ASSERT_EQUAL_FATAL(worker_prepare(worker), POOLTOY_OK);
		sync_store(&worker->slot.word, slot_word_make(1, 0, SLOT_IDLE), relaxed);
		worker->place = CREW_UP;
		pool->crew.live++;
		elasticity_came_up(pool);
	}
}

static unsigned idle(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < SLOT_CHUNK; i++)
		count += slot_word_state(slot_look(&worker_at(pool, i)->slot)) == SLOT_IDLE;
	return count;
}

static unsigned kept(void)
{
	return sync_load(&pool->elasticity.kept, relaxed);
}

/* What the manager does with those that have been dismissed. */
static void hear_of_ends(void)
{
	while (mailbox_take(&pool->manager.mailbox))
		;
	for (unsigned i = 0; i < SLOT_CHUNK; i++) {
		struct pooltoy_worker *worker = worker_at(pool, i);

		if (slot_word_state(slot_look(&worker->slot)) == SLOT_STOPPING &&
		    worker->place == CREW_UP) {
			worker->place = CREW_NONE;
			pool->crew.live--;
		}
	}
	elasticity_limit_overflow(pool);
}

static void use(unsigned index)
{
	struct slot *slot = &worker_at(pool, index)->slot;
	uint64_t generation = 0;

	CU_ASSERT(slot_lease(slot, &generation));
	figure_add(&slot->leases, 1);
	slot_move(slot, slot_look(slot), slot_word_make(generation + 1, 0, SLOT_IDLE));
}

static void without_an_idle_time_nobody_is_looked_at(void)
{
	open_with(*POOLTOY_POOL_SPEC(.size = 2, .min_size = 1), 2);
	elasticity_expire(pool, 5);
	CU_ASSERT_EQUAL(elasticity_next(pool), SYNC_NEVER);
	pool_unref(pool);
	/* Nor where all that are there are kept in any case. */
	open_with(*POOLTOY_POOL_SPEC(.size = 2, .idle_ttl = 1, .overflow_ttl = 1), 2);
	elasticity_expire(pool, 5);
	CU_ASSERT_EQUAL(elasticity_next(pool), SYNC_NEVER);
	pool_unref(pool);
}

static void who_is_idle_goes_at_its_time_and_no_sooner(void)
{
	open_with(*POOLTOY_POOL_SPEC(.size = 3, .min_size = 1, .idle_ttl = 10), 3);
	elasticity_expire(pool, 100 * MS);
	CU_ASSERT_EQUAL(elasticity_next(pool), 105 * MS);
	elasticity_expire(pool, 105 * MS);
	CU_ASSERT_EQUAL(elasticity_next(pool), 110 * MS);
	elasticity_expire(pool, 110 * MS - 1); /* for some other reason */
	CU_ASSERT_EQUAL(elasticity_next(pool), 110 * MS);
	CU_ASSERT_EQUAL(idle(), 3);
	elasticity_expire(pool, 110 * MS);
	CU_ASSERT_EQUAL(idle(), 1);
	CU_ASSERT_EQUAL(kept(), 1);
	CU_ASSERT_EQUAL(figure_load(&pool->elasticity.expired), 2);
	hear_of_ends();
	elasticity_expire(pool, 115 * MS);
	CU_ASSERT_EQUAL(elasticity_next(pool), SYNC_NEVER); /* the last one stays: no more wakes */
	CU_ASSERT_EQUAL(idle(), 1);
	pool_unref(pool);
}

static void who_was_used_meanwhile_has_its_time_anew(void)
{
	open_with(*POOLTOY_POOL_SPEC(.size = 2, .min_size = POOLTOY_NONE, .idle_ttl = 10), 2);
	elasticity_expire(pool, 100 * MS);
	use(0);
	elasticity_expire(pool, 105 * MS);
	elasticity_expire(pool, 110 * MS);
	CU_ASSERT_EQUAL(idle(), 1);
	CU_ASSERT_EQUAL(slot_word_state(slot_look(&worker_at(pool, 0)->slot)), SLOT_IDLE);
	hear_of_ends();
	CU_ASSERT_EQUAL(elasticity_next(pool), 115 * MS);
	elasticity_expire(pool, 115 * MS);
	CU_ASSERT_EQUAL(idle(), 0);
	CU_ASSERT_EQUAL(kept(), 0);
	pool_unref(pool);
}

static void what_is_no_use_does_not_count(void)
{
	struct slot *slot;
	uint64_t generation = 0;

	open_with(*POOLTOY_POOL_SPEC(.size = 1, .min_size = POOLTOY_NONE, .idle_ttl = 10), 1);
	slot = &worker_at(pool, 0)->slot;
	elasticity_expire(pool, 100 * MS);
	CU_ASSERT(slot_lease(slot, &generation)); /* for a ping */
	elasticity_expire(pool, 105 * MS);
	slot_move(slot, slot_look(slot), slot_word_make(generation + 1, 0, SLOT_IDLE));
	elasticity_expire(pool, 110 * MS);
	CU_ASSERT_EQUAL(idle(), 0);
	pool_unref(pool);
}

static void who_comes_up_anew_has_its_time_anew(void)
{
	open_with(*POOLTOY_POOL_SPEC(.size = 1, .min_size = POOLTOY_NONE, .idle_ttl = 10), 1);
	elasticity_expire(pool, 100 * MS);
	worker_at(pool, 0)->first_generation += 2;
	elasticity_expire(pool, 110 * MS);
	CU_ASSERT_EQUAL(idle(), 1);
	elasticity_expire(pool, 120 * MS);
	CU_ASSERT_EQUAL(idle(), 0);
	pool_unref(pool);
}

static void overflow_has_a_time_of_its_own(void)
{
	open_with(*POOLTOY_POOL_SPEC(.size = 1, .max_overflow = 2, .min_size = POOLTOY_NONE,
				     .idle_ttl = 100, .overflow_ttl = 10),
		  3);
	CU_ASSERT_EQUAL(sync_load(&pool->broker.overflow, relaxed), 2);
	CU_ASSERT_FALSE(broker_has_surplus(&pool->broker)); /* it lingers */
	elasticity_expire(pool, 100 * MS);
	elasticity_expire(pool, 105 * MS);
	elasticity_expire(pool, 110 * MS);
	CU_ASSERT_EQUAL(idle(), 1);
	CU_ASSERT_EQUAL(sync_load(&pool->broker.overflow, relaxed), 0);
	CU_ASSERT_EQUAL(kept(), 1);
	hear_of_ends();
	elasticity_expire(pool, 200 * MS - 1);
	CU_ASSERT_EQUAL(idle(), 1);
	elasticity_expire(pool, 200 * MS);
	CU_ASSERT_EQUAL(idle(), 0);
	pool_unref(pool);
}

/* Those that cannot start are missed no more when one that is idle would have gone. */
static void who_is_missing_goes_first(void)
{
	open_with(*POOLTOY_POOL_SPEC(.size = 3, .min_size = 1, .idle_ttl = 10), 2);
	elasticity_begin(pool);
	CU_ASSERT_EQUAL(kept(), 3);
	elasticity_expire(pool, 100 * MS);
	elasticity_expire(pool, 110 * MS);
	CU_ASSERT_EQUAL(idle(), 1);
	CU_ASSERT_EQUAL(kept(), 1);
	pool_unref(pool);
}

/* It may fail to come up: those that are up are not less than the minimum meanwhile. */
static void who_starts_is_not_up(void)
{
	open_with(*POOLTOY_POOL_SPEC(.size = 3, .min_size = 1, .idle_ttl = 10), 1);
	elasticity_begin(pool);
	pool->crew.live += 2;
	pool->crew.starting = 2;
	elasticity_expire(pool, 100 * MS);
	elasticity_expire(pool, 110 * MS);
	CU_ASSERT_EQUAL(idle(), 1);
	CU_ASSERT_EQUAL(kept(), 3);
	CU_ASSERT_EQUAL(elasticity_next(pool), 115 * MS);
	pool->crew.live = pool->crew.starting = 0; /* nobody's, as far as the slots go */
	pool_unref(pool);
}

static void a_lazy_pool_keeps_those_that_have_come_up(void)
{
	open_with(*POOLTOY_POOL_SPEC(.size = 2, .max_overflow = 1, .lazy = 1), 0);
	CU_ASSERT_EQUAL(kept(), 0);
	CU_ASSERT(pool_may_grow(pool));
	CU_ASSERT_FALSE(elasticity_is_complete(pool));
	pool_unref(pool);
	open_with(*POOLTOY_POOL_SPEC(.size = 2, .max_overflow = 1, .lazy = 1), 3);
	CU_ASSERT_EQUAL(kept(), 2);
	CU_ASSERT(elasticity_is_complete(pool));
	CU_ASSERT_FALSE(pool_may_grow(pool));
	elasticity_begin(pool);
	CU_ASSERT_EQUAL(kept(), 0);
	pool_unref(pool);
}

static void starts_are_as_many_as_there_is_room_for(void)
{
	open_with(*POOLTOY_POOL_SPEC(.size = 9), 0);
	CU_ASSERT_EQUAL(elasticity_limit_starts(pool, 9), 9);
	pool_unref(pool);
	open_with(*POOLTOY_POOL_SPEC(.size = 9, .max_starting = 3), 0);
	CU_ASSERT_EQUAL(elasticity_limit_starts(pool, 9), 3);
	CU_ASSERT_EQUAL(elasticity_limit_starts(pool, 2), 2);
	pool->crew.starting = 2;
	CU_ASSERT_EQUAL(elasticity_limit_starts(pool, 9), 1);
	pool->crew.starting = 3;
	CU_ASSERT_EQUAL(elasticity_limit_starts(pool, 9), 0);
	CU_ASSERT_EQUAL(elasticity_limit_starts(pool, 0), 0);
	pool_unref(pool);
}

SUITE(TEST(without_an_idle_time_nobody_is_looked_at),
      TEST(who_is_idle_goes_at_its_time_and_no_sooner),
      TEST(who_was_used_meanwhile_has_its_time_anew), TEST(what_is_no_use_does_not_count),
      TEST(who_comes_up_anew_has_its_time_anew), TEST(overflow_has_a_time_of_its_own),
      TEST(who_is_missing_goes_first), TEST(who_starts_is_not_up),
      TEST(a_lazy_pool_keeps_those_that_have_come_up),
      TEST(starts_are_as_many_as_there_is_room_for))
