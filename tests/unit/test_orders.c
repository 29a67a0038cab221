/* SPDX-License-Identifier: MIT */
/* test_orders.c: who sees a change sees what was written before it: one test a pair, for ThreadSanitizer. */
#include "support/suite.h"
#include "cell.h"
#include "checkout_queue.h"
#include "mailbox.h"
#include "pool.h"
#include "registry.h"
#include "spec.h"

#include <pooltoy.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

/*
 * The pairs of doc/concurrency.md, each alone: no lock, no join and no other atomic orders the two
 * threads, so that it takes no luck for ThreadSanitizer to see a pair that does not. What one thread
 * needs to know of the other besides goes through figures, which order nothing.
 */

static int payload;
static sync_atomic(bool) told;

static void *write_and_tell(void *argument)
{
	void (*tell)(void);

	memcpy(&tell, argument, sizeof tell);
	payload = 21;
	tell();
	return NULL;
}

/* Another thread writes, then does `tell`; this one looks until it has `seen` that, and reads. */
static void hand_over(void (*tell)(void), bool (*seen)(void))
{
	pthread_t writer;

	payload = 0;
	figure_store(&told, false);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&writer, NULL, write_and_tell, &tell), 0);
	while (!seen())
		sched_yield();
	CU_ASSERT_EQUAL(payload, 21);
	pthread_join(writer, NULL);
}

/* A message that is in the mailbox already. */

static struct mailbox mailbox;
static struct message message;

static void post_again(void)
{
	mailbox_post(&mailbox, &message);
	figure_store(&told, true);
}

static bool is_taken(void)
{
	return figure_load(&told) && mailbox_take(&mailbox);
}

static void who_takes_a_message_sees_what_came_before_a_post_that_found_it_there(void)
{
	CU_ASSERT_EQUAL_FATAL(mailbox_init(&mailbox), 0);
	mailbox_post(&mailbox, &message);
	hand_over(post_again, is_taken);
	mailbox_destroy(&mailbox);
}

/* A waiter's outcome. */

static struct checkout_queue queue;
static struct waiter waiter;
static struct slot slot;

static void grant(void)
{
	struct settled settled = SETTLED_INIT(&settled);

	sync_mutex_lock(&queue.lock);
	checkout_queue_grant_locked(&queue, &slot, 7, &settled);
	sync_mutex_unlock(&queue.lock);
}

static bool is_granted(void)
{
	if (sync_load(&waiter.outcome, acquire) != WAITER_GRANTED)
		return false;
	CU_ASSERT_PTR_EQUAL(waiter.slot, &slot);
	CU_ASSERT_EQUAL(waiter.generation, 7);
	return true;
}

static void a_waiter_that_was_granted_a_slot_sees_which(void)
{
	CU_ASSERT_EQUAL_FATAL(checkout_queue_init(&queue), 0);
	sync_mutex_lock(&queue.lock);
	checkout_queue_enter_locked(&queue, &waiter, NULL, 0, 0);
	sync_mutex_unlock(&queue.lock);
	hand_over(grant, is_granted);
	checkout_queue_destroy(&queue);
}

/* The slot word. */

static void slot_is(slot_word flags, enum slot_state state)
{
	memset(&slot, 0, sizeof slot);
	sync_store(&slot.word, slot_word_make(7, flags, state), relaxed);
}

static void check_in(void)
{
	slot_word word = slot_look(&slot);

	slot_move(&slot, word, slot_word_checked_in(word, true));
}

static bool is_leased(void)
{
	uint64_t generation;

	return slot_lease(&slot, &generation);
}

static void the_next_holder_sees_what_the_last_one_wrote(void)
{
	slot_is(0, SLOT_LEASED);
	hand_over(check_in, is_leased);
}

static void end_call(void)
{
	slot_unclaim(&slot, SLOT_CALLING);
}

static void give_back(void)
{
	slot_give_back(&slot);
}

static bool is_borrowed(void)
{
	return slot_claim(&slot, 7, SLOT_BORROWED) == SLOT_DONE;
}

static void the_next_user_of_a_state_sees_what_the_last_one_wrote(void)
{
	slot_is(SLOT_CALLING, SLOT_LEASED);
	hand_over(end_call, is_borrowed);
	slot_is(SLOT_BORROWED, SLOT_LEASED);
	hand_over(give_back, is_borrowed);
}

static void vacate(void)
{
	slot_vacate(&slot);
}

static bool is_vacant(void)
{
	return slot_word_state(slot_look(&slot)) == SLOT_VACANT;
}

static void who_finds_a_slot_vacant_sees_why_its_worker_ended(void)
{
	slot_is(0, SLOT_STOPPING);
	hand_over(vacate, is_vacant);
}

/* A call. */

static struct cell cell;

static void reply(void)
{
	cell_move(&cell, CELL_RUNNING, CELL_REPLIED);
}

static bool is_replied(void)
{
	return cell_look(&cell) == CELL_REPLIED;
}

static void a_caller_sees_the_reply(void)
{
	sync_store(&cell.state, CELL_RUNNING, relaxed);
	hand_over(reply, is_replied);
}

/* Pools. */

static void dispose(struct slot *unused)
{
	(void)unused;
}

static struct pooltoy_pool *make_pool(void)
{
	static const struct slot_kind kind = { .size = sizeof(struct slot), .dispose = dispose };
	static const struct pooltoy_worker_ops ops = POOLTOY_WORKER_OPS(.init = NULL);
	struct pooltoy_pool *made = NULL;
	struct pool_config config;

	CU_ASSERT_EQUAL(
		spec_to_config(POOLTOY_POOL_SPEC(.name = "poolio", .worker = &ops, .size = 1),
			       &config),
		POOLTOY_OK);
	CU_ASSERT_EQUAL_FATAL(pool_create(&config, &kind, &made), POOLTOY_OK);
	return made;
}

static struct registry registry;
static struct pooltoy_pool *pool;

static void enter(void)
{
	registry_add(&registry, pool);
}

static bool is_found(void)
{
	return registry_find(&registry, "poolio") != NULL;
}

static void who_finds_a_pool_sees_all_of_it(void)
{
	pool = make_pool();
	hand_over(enter, is_found);
	registry_remove(&registry, pool);
	pool_unref(pool);
	pool_unref(pool);
}

static void let_go(void)
{
	pool->config.argument = &payload;
	pool_unref(pool);
	figure_store(&told, true);
}

/* This is the last one, and frees what the other has written to. */
static bool is_let_go(void)
{
	if (!figure_load(&told))
		return false;
	pool_unref(pool);
	return true;
}

static void who_frees_a_pool_does_so_after_all_that_was_done_with_it(void)
{
	pool = make_pool();
	pool_ref(pool);
	hand_over(let_go, is_let_go);
}

/* The monitor table of an instance: published whole, and freed after its readers. */

static sync_atomic(bool) read_first;

static void *read_monitors_of_two_instances(void *unused)
{
	uint64_t instance;

	while ((instance = pool_monitors(pool).instance) < 2) {
		figure_store(&read_first, instance == 1);
		sched_yield();
	}
	return unused;
}

/* Tells that the reaper has come so far: it takes one after the other. */
static void tell_of_reaping(struct reaping *unused)
{
	(void)unused;
	figure_store(&told, true);
}

static void await(sync_atomic(bool) * figure)
{
	while (!figure_load(figure))
		sched_yield();
}

static void a_readers_monitor_table_is_whole_and_is_freed_after_it(void)
{
	static const struct pooltoy_worker_ops ops = POOLTOY_WORKER_OPS(.init = NULL);
	struct reaping last = { .reap = tell_of_reaping };
	struct pooltoy_supervisor *supervisor;
	pthread_t reader;

	figure_store(&told, false);
	CU_ASSERT_EQUAL_FATAL(
		pooltoy_supervisor_start_with(
			POOLTOY_SUPERVISOR_SPEC(.on_event = pooltoy_event_ignore), &supervisor),
		0);
	CU_ASSERT_EQUAL_FATAL(
		pooltoy_start_pool(supervisor,
				   POOLTOY_POOL_SPEC(.name = "poolio", .worker = &ops, .size = 1),
				   &pool),
		0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&reader, NULL, read_monitors_of_two_instances, NULL),
			      0);
	await(&read_first);
	CU_ASSERT_EQUAL(pooltoy_kill_manager(pool), 0);
	/* The second manager's thread: the first instance has been given to the reaper. */
	while (figure_load(&pool->instance) < 2 || !figure_load(&pool->manager.thread_id))
		sched_yield();
	CU_ASSERT(reaper_give(pool->reaper, &last));
	await(&told);
	/* Joined after the first instance has been freed: before, that would order the two. */
	pthread_join(reader, NULL);
	CU_ASSERT_EQUAL(pooltoy_supervisor_stop(supervisor, -1), 0);
	pooltoy_pool_release(pool);
}

SUITE(TEST(who_takes_a_message_sees_what_came_before_a_post_that_found_it_there),
      TEST(a_waiter_that_was_granted_a_slot_sees_which),
      TEST(the_next_holder_sees_what_the_last_one_wrote),
      TEST(the_next_user_of_a_state_sees_what_the_last_one_wrote),
      TEST(who_finds_a_slot_vacant_sees_why_its_worker_ended), TEST(a_caller_sees_the_reply),
      TEST(who_finds_a_pool_sees_all_of_it),
      TEST(who_frees_a_pool_does_so_after_all_that_was_done_with_it),
      TEST(a_readers_monitor_table_is_whole_and_is_freed_after_it))
