/* SPDX-License-Identifier: MIT */
/* test_broker_tasks.c: tasks and idle slots meet, and neither tasks nor clients keep the other waiting. */
#include "support/suite.h"
#include "broker.h"
#include "support/faults.h"

#include <pthread.h>
#include <string.h>

enum { GENERATION = 41, ROOM = 8 };

static sync_atomic(uint64_t) now;

static uint64_t moving_clock(void)
{
	return sync_fetch_add(&now, 1, relaxed);
}

static sync_atomic(unsigned) reconsidered;

/* As a pool does, which may have another worker. */
static void note_reconsidered(struct broker *broker)
{
	(void)broker;
	sync_fetch_add(&reconsidered, 1, relaxed);
}

static void open_broker(struct broker *broker, enum broker_strategy strategy,
			void (*wake)(struct slot *slot))
{
	memset(broker, 0, sizeof *broker);
	CU_ASSERT_FATAL(
		broker_init(broker, strategy, SLOT_CHUNK, sizeof(struct slot), 8, moving_clock));
	CU_ASSERT_EQUAL_FATAL(slot_table_grow(&broker->slots, NULL), SLOT_CHUNK);
	broker->wake = wake;
	broker->reconsider = note_reconsidered;
	sync_store(&reconsidered, 0, relaxed);
}

static struct slot *slot_in(struct broker *broker, unsigned index, enum slot_state state)
{
	struct slot *slot = slot_table_at(&broker->slots, index);

	sync_store(&slot->word, slot_word_make(GENERATION, 0, state), relaxed);
	return slot;
}

static enum broker_freed release(struct broker *broker, struct slot *slot)
{
	slot_word word = slot_look(slot);

	return broker_free(broker, slot, word, slot_word_generation(word) + 1);
}

static void put(struct broker *broker)
{
	struct task_ring *tasks = broker_tasks(broker, ROOM);
	uint64_t position;

	CU_ASSERT_PTR_NOT_NULL_FATAL(tasks);
	CU_ASSERT(task_ring_put(tasks, &(struct task){ .length = 0 }, &position));
}

static bool take(struct broker *broker)
{
	struct task task;

	return task_ring_take(broker_tasks(broker, ROOM), &task);
}

/* One after the other. */

static struct slot *woken;

static void note_wake(struct slot *slot)
{
	CU_ASSERT_PTR_NULL(woken);
	woken = slot;
}

/* Whether just this one has been summoned. */
static bool serves(struct slot *slot, uint64_t generation)
{
	bool served =
		woken == slot && slot_look(slot) == slot_word_make(generation, 0, SLOT_SERVING);

	woken = NULL;
	return served;
}

static const enum broker_strategy strategies[] = { BROKER_AFFINE, BROKER_LIFO, BROKER_FIFO };

static void a_task_has_an_idle_slot_serve(void)
{
	for (unsigned i = 0; i < 3; i++) {
		struct broker broker;
		struct slot *slot;

		open_broker(&broker, strategies[i], note_wake);
		CU_ASSERT_FALSE(broker_summon(&broker));
		slot = slot_in(&broker, 3, SLOT_LEASED);
		CU_ASSERT_EQUAL(release(&broker, slot), BROKER_IDLE);
		CU_ASSERT_PTR_NULL(woken);
		put(&broker);
		CU_ASSERT(broker_summon(&broker));
		CU_ASSERT(serves(slot, GENERATION + 1));
		CU_ASSERT_FALSE(broker_summon(&broker));
		CU_ASSERT(take(&broker));
		broker_destroy(&broker);
	}
}

static void a_slot_that_becomes_idle_serves_the_task_that_waits(void)
{
	for (unsigned i = 0; i < 3; i++) {
		struct broker broker;
		struct slot *slot;

		open_broker(&broker, strategies[i], note_wake);
		put(&broker);
		CU_ASSERT(broker_has_tasks(&broker));
		slot = slot_in(&broker, 3, SLOT_RESETTING);
		CU_ASSERT_EQUAL(release(&broker, slot), BROKER_IDLE);
		CU_ASSERT(serves(slot, GENERATION + 1));
		CU_ASSERT(take(&broker));
		CU_ASSERT_FALSE(broker_has_tasks(&broker));
		CU_ASSERT_EQUAL(release(&broker, slot), BROKER_IDLE);
		CU_ASSERT_PTR_NULL(woken);
		broker_destroy(&broker);
	}
}

static void a_task_that_a_client_was_faster_than_may_have_another_worker(void)
{
	struct broker broker;

	open_broker(&broker, BROKER_AFFINE, note_wake);
	put(&broker);
	/* It was idle, and whoever made it so looks at the tasks now. */
	slot_in(&broker, 0, SLOT_LEASED);
	broker_look_at_who_waits(&broker);
	CU_ASSERT_EQUAL(sync_load(&reconsidered, relaxed), 1);
	slot_in(&broker, 1, SLOT_IDLE);
	idle_hints_put(&broker.hints, slot_table_at(&broker.slots, 1));
	broker_look_at_who_waits(&broker);
	CU_ASSERT(serves(slot_table_at(&broker.slots, 1), GENERATION));
	CU_ASSERT_EQUAL(sync_load(&reconsidered, relaxed), 1);
	CU_ASSERT(take(&broker));
	broker_destroy(&broker);
}

static void a_slot_goes_to_whichever_came_first_a_task_or_a_client(void)
{
	struct waiter waiter;
	struct parker parker;
	struct broker broker;
	struct slot *slot;

	open_broker(&broker, BROKER_AFFINE, note_wake);
	CU_ASSERT_EQUAL_FATAL(parker_init(&parker), 0);
	put(&broker);
	CU_ASSERT_EQUAL(broker_enter(&broker, &waiter, &parker), 0);
	put(&broker);
	slot = slot_in(&broker, 0, SLOT_LEASED);
	CU_ASSERT_EQUAL(broker_free(&broker, slot, slot_word_make(GENERATION - 1, 0, SLOT_LEASED),
				    GENERATION + 1),
			BROKER_MOVED);
	CU_ASSERT_EQUAL(release(&broker, slot), BROKER_SERVING);
	CU_ASSERT_EQUAL(slot_look(slot), slot_word_make(GENERATION + 1, 0, SLOT_SERVING));
	CU_ASSERT(take(&broker));
	CU_ASSERT_EQUAL(release(&broker, slot), BROKER_HANDED_OVER);
	CU_ASSERT_EQUAL(broker_leave(&broker, &waiter), WAITER_GRANTED);
	CU_ASSERT(slot_word_is_lease(slot_look(slot), GENERATION + 2));
	CU_ASSERT_PTR_NULL(woken);
	CU_ASSERT_EQUAL(release(&broker, slot), BROKER_IDLE);
	CU_ASSERT(serves(slot, GENERATION + 3));
	CU_ASSERT(take(&broker));
	parker_destroy(&parker);
	broker_destroy(&broker);
}

static void overflow_stays_while_tasks_wait_and_is_surplus_afterwards(void)
{
	struct broker broker;
	struct slot *slot;

	open_broker(&broker, BROKER_AFFINE, note_wake);
	sync_store(&broker.overflow, 1, relaxed);
	put(&broker);
	CU_ASSERT_FALSE(broker_has_surplus(&broker));
	slot = slot_in(&broker, 0, SLOT_STARTING);
	CU_ASSERT_EQUAL(release(&broker, slot), BROKER_IDLE);
	CU_ASSERT(serves(slot, GENERATION + 1));
	CU_ASSERT(take(&broker));
	CU_ASSERT(broker_has_surplus(&broker));
	CU_ASSERT_EQUAL(release(&broker, slot), BROKER_DISMISSED);
	broker_destroy(&broker);
}

static void the_ring_is_made_once_or_without_memory_not_at_all(void)
{
	struct task_ring *tasks;
	struct broker broker;

	open_broker(&broker, BROKER_AFFINE, note_wake);
	faults_begin(FAULTS_MEMORY, 0, 1);
	CU_ASSERT_PTR_NULL(broker_tasks(&broker, ROOM));
	CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 1);
	CU_ASSERT_FALSE(broker_has_tasks(&broker));
	tasks = broker_tasks(&broker, ROOM);
	CU_ASSERT_PTR_NOT_NULL(tasks);
	CU_ASSERT_PTR_EQUAL(broker_tasks(&broker, ROOM), tasks);
	broker_destroy(&broker);
}

/*
 * Side by side: senders, clients, and slots whose workers serve. Were a task left beside an idle
 * slot, the senders would wait for ever. They go on until tasks and clients have met, for which a busy
 * machine may leave little occasion.
 */
enum { SLOTS = 2, SENDERS = 2, CLIENTS = 3, TASKS = 20000, CHECKOUTS = 4000, OCCASIONS = 100 };

static struct market {
	struct broker broker;
	struct parker workers[SLOTS];
	sync_atomic(unsigned) sent, run, handed_over, given_to_tasks;
	sync_atomic(bool) closed;
} market;

static void wake_worker(struct slot *slot)
{
	parker_unpark(&market.workers[slot->index]);
}

static void give_back(struct slot *slot)
{
	enum broker_freed freed = release(&market.broker, slot);

	CU_ASSERT_NOT_EQUAL(freed, BROKER_MOVED);
	figure_add_shared(&market.handed_over, freed == BROKER_HANDED_OVER);
	figure_add_shared(&market.given_to_tasks, freed == BROKER_SERVING);
	if (freed == BROKER_SERVING)
		wake_worker(slot);
}

static bool is_enough(unsigned done, unsigned least)
{
	bool met = figure_load(&market.handed_over) > 0 && figure_load(&market.given_to_tasks) > 0;

	return done >= least && (met || done >= OCCASIONS * least);
}

static void *serve(void *argument)
{
	struct slot *slot = argument;

	for (;;) {
		if (slot_word_state(slot_look(slot)) == SLOT_SERVING) {
			while (take(&market.broker) && sync_fetch_add(&market.run, 1, relaxed) % 4)
				if (broker_has_tasks(&market.broker))
					broker_summon(&market.broker);
			give_back(slot);
		} else if (sync_load(&market.closed, acquire)) {
			return NULL;
		} else {
			parker_park(&market.workers[slot->index], SYNC_NEVER);
		}
	}
}

static void *send(void *unused)
{
	struct task task = { .length = 0 };
	uint64_t position;

	for (unsigned i = 0; !is_enough(i, TASKS); i++) {
		/* The first one may be that which makes it. */
		sync_yield_until(
			task_ring_put(broker_tasks(&market.broker, ROOM), &task, &position));
		broker_summon(&market.broker);
		sync_fetch_add(&market.sent, 1, relaxed);
	}
	return unused;
}

static void *trade(void *argument)
{
	struct parker *parker = parker_acquire(); /* a late waker may still be at it afterwards */

	CU_ASSERT(parker != NULL);
	for (unsigned i = 0; !is_enough(i, CHECKOUTS); i++) {
		struct slot *slot = NULL;
		struct waiter waiter;
		uint64_t generation;
		bool found;

		CU_ASSERT_EQUAL(broker_enter(&market.broker, &waiter, parker), 0);
		while (!(found = broker_take(&market.broker, i, &slot, &generation)) &&
		       sync_load(&waiter.outcome, acquire) == WAITER_WAITING) {
			parker_park(parker, SYNC_NEVER);
			checkout_queue_look(&market.broker.queue);
		}
		if (broker_leave(&market.broker, &waiter) == WAITER_GRANTED) {
			if (found)
				give_back(slot);
			slot = waiter.slot;
		}
		give_back(slot);
	}
	parker_release(parker);
	return argument;
}

static void no_task_and_no_client_waits_beside_an_idle_slot(void)
{
	pthread_t workers[SLOTS], others[SENDERS + CLIENTS];
	unsigned i;

	open_broker(&market.broker, BROKER_AFFINE, wake_worker);
	for (i = 0; i < SLOTS; i++) {
		struct slot *slot = slot_in(&market.broker, i, SLOT_LEASED);

		CU_ASSERT_EQUAL_FATAL(parker_init(&market.workers[i]), 0);
		CU_ASSERT_EQUAL_FATAL(pthread_create(&workers[i], NULL, serve, slot), 0);
		give_back(slot);
	}
	for (i = 0; i < SENDERS + CLIENTS; i++)
		CU_ASSERT_EQUAL_FATAL(
			pthread_create(&others[i], NULL, i < SENDERS ? send : trade, NULL), 0);
	for (i = 0; i < SENDERS + CLIENTS; i++)
		pthread_join(others[i], NULL);
	sync_yield_until(sync_load(&market.run, relaxed) == sync_load(&market.sent, relaxed));
	sync_store(&market.closed, true, release);
	for (i = 0; i < SLOTS; i++) {
		parker_unpark(&market.workers[i]);
		pthread_join(workers[i], NULL);
		parker_destroy(&market.workers[i]);
	}
	CU_ASSERT(figure_load(&market.handed_over) > 0);
	CU_ASSERT(figure_load(&market.given_to_tasks) > 0);
	broker_destroy(&market.broker);
	parker_free_all();
}

SUITE(TEST(a_task_has_an_idle_slot_serve),
      TEST(a_slot_that_becomes_idle_serves_the_task_that_waits),
      TEST(a_task_that_a_client_was_faster_than_may_have_another_worker),
      TEST(a_slot_goes_to_whichever_came_first_a_task_or_a_client),
      TEST(overflow_stays_while_tasks_wait_and_is_surplus_afterwards),
      TEST(the_ring_is_made_once_or_without_memory_not_at_all),
      TEST(no_task_and_no_client_waits_beside_an_idle_slot))
