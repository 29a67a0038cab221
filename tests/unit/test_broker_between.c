/* SPDX-License-Identifier: MIT */
/* test_broker_between.c: what others do between a broker's look and what it does about it. */
#include "support/suite.h"
#include "broker.h"

enum { GENERATION = 41, ROOM = 8 };

/* The linker leads the broker's calls here; see unit/local.mk. What happens meanwhile, once. */
static struct desk {
	struct broker broker;
	struct parker parkers[2];
	struct waiter waiters[2];
	struct slot *woken;
	void (*meanwhile)(struct slot *found);
} desk;

bool __real_idle_hints_take(struct idle_hints *hints, struct slot_table *table, unsigned start,
			    struct slot **slot, uint64_t *generation, bool *set_again);
bool __wrap_idle_hints_take(struct idle_hints *hints, struct slot_table *table, unsigned start,
			    struct slot **slot, uint64_t *generation, bool *set_again);
bool __real_idle_hints_any(struct idle_hints *hints, struct slot_table *table, bool *set_again);
bool __wrap_idle_hints_any(struct idle_hints *hints, struct slot_table *table, bool *set_again);
struct task_ring *__real_task_ring_create(unsigned capacity);
struct task_ring *__wrap_task_ring_create(unsigned capacity);

static bool meanwhile(struct slot *found)
{
	void (*happens)(struct slot * found) = desk.meanwhile;

	desk.meanwhile = NULL;
	if (happens)
		happens(found);
	return happens != NULL;
}

bool __wrap_idle_hints_take(struct idle_hints *hints, struct slot_table *table, unsigned start,
			    struct slot **slot, uint64_t *generation, bool *set_again)
{
	bool found = __real_idle_hints_take(hints, table, start, slot, generation, set_again);

	if (meanwhile(found ? *slot : NULL) && !found)
		*set_again = true;
	return found;
}

bool __wrap_idle_hints_any(struct idle_hints *hints, struct slot_table *table, bool *set_again)
{
	bool found = __real_idle_hints_any(hints, table, set_again);

	if (meanwhile(NULL))
		*set_again = true;
	return found;
}

struct task_ring *__wrap_task_ring_create(unsigned capacity)
{
	meanwhile(NULL);
	return __real_task_ring_create(capacity);
}

/* The desk. */

static uint64_t standing_clock(void)
{
	return 0;
}

static void note_woken(struct slot *slot)
{
	desk.woken = slot;
}

static void desk_open(void)
{
	desk = (struct desk){ .woken = NULL };
	CU_ASSERT_FATAL(broker_init(&desk.broker, BROKER_AFFINE, SLOT_CHUNK, sizeof(struct slot), 8,
				    standing_clock));
	CU_ASSERT_EQUAL_FATAL(slot_table_grow(&desk.broker.slots, NULL), SLOT_CHUNK);
	desk.broker.wake = note_woken;
	for (unsigned i = 0; i < 2; i++)
		CU_ASSERT_EQUAL_FATAL(parker_init(&desk.parkers[i]), 0);
}

static void desk_close(void)
{
	struct task_ring *tasks = sync_load(&desk.broker.tasks, relaxed);
	struct task task;

	while (tasks && task_ring_take(tasks, &task))
		;
	broker_destroy(&desk.broker);
	for (unsigned i = 0; i < 2; i++)
		parker_destroy(&desk.parkers[i]);
}

static void enter(unsigned i)
{
	CU_ASSERT_EQUAL(broker_enter(&desk.broker, &desk.waiters[i], &desk.parkers[i]), 0);
}

static enum waiter_outcome leave(unsigned i)
{
	return broker_leave(&desk.broker, &desk.waiters[i]);
}

static bool was_nudged(unsigned i)
{
	return parker_park(&desk.parkers[i], 1);
}

static void put(void)
{
	uint64_t position;

	CU_ASSERT(task_ring_put(broker_tasks(&desk.broker, ROOM), &(struct task){ .length = 0 },
				&position));
}

static bool take(void)
{
	struct slot *slot;
	uint64_t generation;

	return broker_take(&desk.broker, 0, &slot, &generation);
}

/* A slot becomes idle, and its hint is set by who searches: the checkin found it still hinted. */
static void becomes_idle(struct slot *found)
{
	struct slot *slot = slot_table_at(&desk.broker.slots, 3);

	CU_ASSERT_PTR_NULL(found);
	sync_store(&slot->word, slot_word_make(GENERATION, 0, SLOT_IDLE), relaxed);
	idle_hints_set(&desk.broker.hints, slot);
}

static void stops(struct slot *found)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(found);
	sync_store(&found->word, slot_word_stopped(slot_look(found), SLOT_DISMISSED), relaxed);
}

static void is_leased_to_another(struct slot *found)
{
	CU_ASSERT_PTR_NULL(found);
}

static void has_another_make_the_ring(struct slot *found)
{
	CU_ASSERT_PTR_NULL(found);
	CU_ASSERT_PTR_NOT_NULL(broker_tasks(&desk.broker, ROOM));
}

/* It is idle; who made it so has not come to say it. */
static void is_idle_and_not_listed_yet(unsigned index)
{
	sync_store(&slot_table_at(&desk.broker.slots, index)->word,
		   slot_word_make(GENERATION, 0, SLOT_IDLE), relaxed);
}

static void who_tries_finds_what_is_idle_and_not_listed_yet(void)
{
	struct slot *slot;
	uint64_t generation;

	desk_open();
	CU_ASSERT_FALSE(broker_take_unlisted(&desk.broker, &slot, &generation));
	is_idle_and_not_listed_yet(5);
	CU_ASSERT_FALSE(take());
	CU_ASSERT(broker_take_unlisted(&desk.broker, &slot, &generation));
	CU_ASSERT_PTR_EQUAL(slot, slot_table_at(&desk.broker.slots, 5));
	CU_ASSERT_EQUAL(generation, GENERATION);
	CU_ASSERT_FALSE(broker_take_unlisted(&desk.broker, &slot, &generation));
	desk_close();
}

static void who_takes_tells_who_waits_of_a_hint_set_again(void)
{
	desk_open();
	enter(0);
	desk.meanwhile = becomes_idle;
	CU_ASSERT_FALSE(take());
	CU_ASSERT(was_nudged(0));
	CU_ASSERT(take());
	CU_ASSERT_EQUAL(leave(0), WAITER_CANCELLED);
	desk_close();
}

static void who_summons_tells_who_waits_of_a_hint_set_again_and_searches_again(void)
{
	desk_open();
	put();
	enter(0);
	sync_store(&desk.broker.hints.summary[0], 1, relaxed);
	desk.meanwhile = becomes_idle;
	CU_ASSERT(broker_summon(&desk.broker));
	CU_ASSERT(was_nudged(0));
	CU_ASSERT_PTR_EQUAL(desk.woken, slot_table_at(&desk.broker.slots, 3));
	CU_ASSERT_EQUAL(leave(0), WAITER_CANCELLED);
	desk_close();
}

static void who_summons_searches_again_with_nobody_waiting(void)
{
	desk_open();
	put();
	sync_store(&desk.broker.hints.summary[0], 1, relaxed);
	desk.meanwhile = is_leased_to_another;
	CU_ASSERT_FALSE(broker_summon(&desk.broker));
	CU_ASSERT_PTR_NULL(desk.meanwhile);
	desk_close();
}

static void a_worker_that_is_stopped_as_it_is_summoned_is_not_woken(void)
{
	desk_open();
	put();
	becomes_idle(NULL);
	desk.meanwhile = stops;
	CU_ASSERT_FALSE(broker_summon(&desk.broker));
	CU_ASSERT_PTR_NULL(desk.meanwhile);
	CU_ASSERT_PTR_NULL(desk.woken);
	desk_close();
}

static void who_leaves_tells_the_next_and_the_tasks_of_a_hint_set_again(void)
{
	desk_open();
	put();
	enter(0);
	enter(1);
	desk.meanwhile = becomes_idle;
	CU_ASSERT_EQUAL(leave(0), WAITER_CANCELLED);
	CU_ASSERT(was_nudged(1));
	CU_ASSERT_PTR_EQUAL(desk.woken, slot_table_at(&desk.broker.slots, 3));
	CU_ASSERT_EQUAL(leave(1), WAITER_CANCELLED);
	desk_close();
}

static void of_two_rings_made_at_once_one_is_kept(void)
{
	struct task_ring *tasks;

	desk_open();
	desk.meanwhile = has_another_make_the_ring;
	tasks = broker_tasks(&desk.broker, ROOM);
	CU_ASSERT_PTR_NOT_NULL(tasks);
	CU_ASSERT_PTR_EQUAL(tasks, sync_load(&desk.broker.tasks, relaxed));
	desk_close();
}

SUITE(TEST(who_tries_finds_what_is_idle_and_not_listed_yet),
      TEST(who_takes_tells_who_waits_of_a_hint_set_again),
      TEST(who_summons_tells_who_waits_of_a_hint_set_again_and_searches_again),
      TEST(who_summons_searches_again_with_nobody_waiting),
      TEST(a_worker_that_is_stopped_as_it_is_summoned_is_not_woken),
      TEST(who_leaves_tells_the_next_and_the_tasks_of_a_hint_set_again),
      TEST(of_two_rings_made_at_once_one_is_kept))
