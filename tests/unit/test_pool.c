/* SPDX-License-Identifier: MIT */
/* test_pool.c: the pool's memory and its counts, its states, its last reason. */
#include "support/suite.h"
#include "pool.h"
#include "error.h"
#include "spec.h"
#include "supervisor.h"
#include "support/faults.h"

#include <string.h>

static const uint64_t PASSED = 1; /* a deadline */

static unsigned disposed, released;

static void dispose(struct slot *slot)
{
	(void)slot;
	disposed++;
}

static void release(void *argument)
{
	CU_ASSERT_PTR_EQUAL(argument, &released);
	released++;
}

static const struct slot_kind kind = { .size = sizeof(struct slot), .dispose = dispose };

static struct pool_config config_of(int size)
{
	static const struct pooltoy_worker_ops ops = POOLTOY_WORKER_OPS(.init = NULL);
	struct pool_config config;

	CU_ASSERT_EQUAL(spec_to_config(POOLTOY_POOL_SPEC(.name = "poolio", .worker = &ops,
							 .size = size, .max_overflow = 2,
							 .argument = &released, .release = release),
				       &config),
			POOLTOY_OK);
	return config;
}

static struct pooltoy_pool *make_pool(void)
{
	struct pool_config config = config_of(3);
	struct pooltoy_pool *pool = NULL;

	disposed = released = 0;
	CU_ASSERT_EQUAL_FATAL(pool_create(&config, &kind, &pool), POOLTOY_OK);
	return pool;
}

static void a_new_pool_runs_without_slots_and_has_room_for_twice_its_workers(void)
{
	struct pooltoy_pool *pool = make_pool();

	CU_ASSERT_EQUAL(pool_state(pool), POOL_RUNNING);
	CU_ASSERT_STRING_EQUAL(pool->config.name, "poolio");
	CU_ASSERT_EQUAL(slot_table_count(&pool->broker.slots), 0);
	CU_ASSERT(pool->broker.slots.capacity >= 2 * (3 + 2));
	CU_ASSERT_EQUAL(sync_load(&pool->references, relaxed), 1);
	CU_ASSERT_EQUAL(pool_check_fork(pool), POOLTOY_OK);
	pool_unref(pool);
}

static void a_pool_is_made_whole_or_not_at_all(void)
{
	struct pool_config config = config_of(100);
	struct pooltoy_pool *pool = NULL;
	unsigned good, failed = 1;

	for (good = 0; failed; good++) {
		int code;

		faults_begin(FAULTS_MEMORY, good, 1);
		code = pool_create(&config, &kind, &pool);
		failed = faults_end(FAULTS_MEMORY);
		CU_ASSERT_EQUAL(code, failed ? POOLTOY_ENOMEM : POOLTOY_OK);
	}
	CU_ASSERT(good > 4);
	CU_ASSERT(pool->broker.slots.capacity >= 2 * (100 + 2));
	pool_unref(pool);
}

static void the_last_reference_takes_slots_and_the_supervisors_reference_along(void)
{
	static struct pooltoy_supervisor supervisor;
	struct pooltoy_pool *pool = make_pool();

	atomic_init(&supervisor.references, 1);
	supervisor_ref(&supervisor);
	pool->supervisor = &supervisor;
	CU_ASSERT_EQUAL_FATAL(slot_table_grow(&pool->broker.slots, pool), SLOT_CHUNK);
	pool_ref(pool);
	pool_unref(pool);
	CU_ASSERT_EQUAL(disposed, 0);
	CU_ASSERT_EQUAL(sync_load(&supervisor.references, relaxed), 2);
	pool_unref(pool);
	CU_ASSERT_EQUAL(disposed, SLOT_CHUNK);
	CU_ASSERT_EQUAL(sync_load(&supervisor.references, relaxed), 1);
}

static void a_stop_is_settled_when_no_thread_is_left(void)
{
	struct pooltoy_pool *pool = make_pool();
	struct parker *stopper = parker_acquire();

	sync_store(&pool->stoppers[STOPPER_OF_POOL], stopper, release);
	pool_thread_starts(pool);
	pool_thread_starts(pool);
	CU_ASSERT_EQUAL(sync_load(&pool->references, relaxed), 3);
	pool_thread_joined(pool);
	pool_drop_user(pool); /* it is stopped */
	CU_ASSERT_EQUAL(sync_load(&pool->stop_outcome, acquire), STOP_PENDING);
	CU_ASSERT_FALSE(parker_park(stopper, PASSED));
	pool_thread_joined(pool); /* the last of its threads */
	CU_ASSERT(parker_park(stopper, PASSED));
	CU_ASSERT_EQUAL(pool_await_stop(pool, STOPPER_OF_SUPERVISOR, stopper, SYNC_NEVER),
			STOP_CLEAN);
	CU_ASSERT_EQUAL(released, 0); /* that is the stopper's */
	pool_release_argument(pool);
	CU_ASSERT_EQUAL(released, 1);
	CU_ASSERT_EQUAL(sync_load(&pool->references, relaxed), 1);
	pool_unref(pool);
	CU_ASSERT_EQUAL(released, 1);
	parker_release(stopper);
}

static void a_stop_that_is_stuck_leaves_the_release_to_the_last_thread(void)
{
	struct pooltoy_pool *pool = make_pool();

	pool_thread_starts(pool);
	CU_ASSERT(pool_settle_stop(pool, STOP_STUCK));
	CU_ASSERT_FALSE(pool_settle_stop(pool, STOP_CLEAN));
	pool_drop_user(pool);
	CU_ASSERT_EQUAL(released, 0);
	pool_thread_joined(pool); /* it has come back from quarantine */
	CU_ASSERT_EQUAL(released, 1);
	pool_unref(pool);
}

static void a_state_changes_only_from_those_that_are_named(void)
{
	static const enum pool_state states[] = { POOL_RUNNING, POOL_BACKOFF, POOL_FAILED,
						  POOL_STOPPED };
	unsigned i, from;

	for (i = 0; i < 4; i++) {
		for (from = 0; from < 16; from++) {
			struct pooltoy_pool *pool = make_pool();
			bool named = from >> i & 1;

			CU_ASSERT(pool_change_state(pool, ~0u, states[i], 0));
			CU_ASSERT_EQUAL(pool_change_state(pool, from, POOL_FAILED, POOLTOY_EFAILED),
					named);
			CU_ASSERT_EQUAL(pool_state(pool), named ? POOL_FAILED : states[i]);
			CU_ASSERT_EQUAL(pool->broker.queue.closed, named ? POOLTOY_EFAILED : 0);
			pool_unref(pool);
		}
	}
}

static void a_state_and_its_closed_queue_are_one_step_for_who_waits_and_who_comes(void)
{
	struct pooltoy_pool *pool = make_pool();
	struct parker *parker = parker_acquire();
	struct waiter waiter;

	CU_ASSERT_EQUAL(broker_enter(&pool->broker, &waiter, parker), 0);
	CU_ASSERT(pool_change_state(pool, ~0u, POOL_BACKOFF, 0)); /* keeps waiting */
	CU_ASSERT_FALSE(parker_park(parker, PASSED));
	CU_ASSERT(pool_change_state(pool, ~0u, POOL_FAILED, POOLTOY_EFAILED));
	CU_ASSERT(parker_park(parker, PASSED));
	CU_ASSERT_EQUAL(broker_leave(&pool->broker, &waiter), WAITER_REFUSED);
	CU_ASSERT_EQUAL(waiter.code, POOLTOY_EFAILED);
	CU_ASSERT_EQUAL(broker_enter(&pool->broker, &waiter, parker), POOLTOY_EFAILED);
	CU_ASSERT(pool_change_state(pool, 1u << POOL_FAILED, POOL_RUNNING, 0));
	CU_ASSERT_EQUAL(broker_enter(&pool->broker, &waiter, parker), 0);
	CU_ASSERT_EQUAL(broker_leave(&pool->broker, &waiter), WAITER_CANCELLED);
	parker_release(parker);
	pool_unref(pool);
}

static void the_last_reason_replaces_the_one_before_and_is_cut_to_fit(void)
{
	struct pooltoy_pool *pool = make_pool();
	char longest[1000], read[POOL_REASON_SIZE], few[8];

	pool_get_reason(pool, read, sizeof read);
	CU_ASSERT_STRING_EQUAL(read, "");
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = 0;
	pool_set_reason(pool, longest);
	pool_get_reason(pool, read, sizeof read);
	CU_ASSERT_EQUAL(strlen(read), POOL_REASON_SIZE - 1);
	pool_set_reason(pool, "out of paper");
	pool_get_reason(pool, read, sizeof read);
	CU_ASSERT_STRING_EQUAL(read, "out of paper");
	memset(few, 'x', sizeof few);
	pool_get_reason(pool, few, sizeof few);
	CU_ASSERT_STRING_EQUAL(few, "out of ");
	pool_unref(pool);
}

static void a_pool_from_before_a_fork_says_so(void)
{
	struct pooltoy_pool *pool = make_pool();

	sync_forks++;
	CU_ASSERT_EQUAL(pool_check_fork(pool), POOLTOY_EFORKED);
	CU_ASSERT_PTR_NOT_NULL(strstr(pooltoy_last_error(), "pool \"poolio\""));
	sync_forks--;
	CU_ASSERT_EQUAL(pool_check_fork(pool), POOLTOY_OK);
	pool_unref(pool);
}

static void waking_the_manager_is_one_message_however_often(void)
{
	struct pooltoy_pool *pool = make_pool();

	pool_wake_manager(pool);
	pool_wake_manager(pool);
	CU_ASSERT(mailbox_wait(&pool->manager.mailbox, PASSED));
	CU_ASSERT_PTR_EQUAL(mailbox_take(&pool->manager.mailbox), &pool->demand);
	CU_ASSERT_PTR_NULL(mailbox_take(&pool->manager.mailbox));
	pool_unref(pool);
}

static void only_overflow_that_nobody_waits_for_is_reported_as_surplus(void)
{
	struct pooltoy_pool *pool = make_pool();

	pool_report_surplus(pool);
	CU_ASSERT_PTR_NULL(mailbox_take(&pool->manager.mailbox));
	sync_store(&pool->broker.overflow, 1, relaxed);
	pool_report_surplus(pool);
	CU_ASSERT_PTR_EQUAL(mailbox_take(&pool->manager.mailbox), &pool->demand);
	pool_unref(pool);
}

/* Events. */

static struct pooltoy_event told[16];
static char told_pool[16][NOTIFIER_NAME];
static unsigned told_count;

static void note(const struct pooltoy_event *event, void *argument)
{
	(void)argument;
	told[told_count] = *event;
	strcpy(told_pool[told_count++], event->pool);
}

static enum pooltoy_severity severity_wanted(enum pooltoy_event_type type)
{
	switch (type) {
	case POOLTOY_EVENT_POOL_FAILED:
	case POOLTOY_EVENT_WORKER_QUARANTINED:
		return POOLTOY_ERROR;
	case POOLTOY_EVENT_POOL_STARTED:
	case POOLTOY_EVENT_POOL_STOPPED:
	case POOLTOY_EVENT_POOL_REVIVED:
	case POOLTOY_EVENT_WORKER_STARTED:
	case POOLTOY_EVENT_WORKER_STOPPED:
	case POOLTOY_EVENT_WORKER_RETURNED:
	case POOLTOY_EVENT_POOL_RESIZED:
		return POOLTOY_INFO;
	default:
		return POOLTOY_WARNING;
	}
}

static void events_say_which_pool_and_how_bad_it_is(void)
{
	static struct pooltoy_supervisor supervisor;
	struct parker *parker = parker_acquire();
	struct pooltoy_pool *pool = make_pool();
	int type, first = POOLTOY_EVENT_POOL_STARTED, last = POOLTOY_EVENT_SUPERVISOR_RESTARTED;

	atomic_init(&supervisor.references, 1);
	CU_ASSERT_EQUAL_FATAL(reaper_start(&supervisor.reaper), POOLTOY_OK);
	CU_ASSERT_EQUAL_FATAL(
		notifier_start(&supervisor.notifier, &supervisor, &supervisor.reaper, note, NULL),
		POOLTOY_OK);
	pool->notifier = &supervisor.notifier;
	sync_store(&pool->instance, 8, relaxed);
	for (type = first; type <= last; type++)
		pool_emit(pool, (enum pooltoy_event_type)type, type, 100 + (uint64_t)type, NULL);
	CU_ASSERT(notifier_stop(&supervisor.notifier, parker, SYNC_NEVER));
	reaper_stop(&supervisor.reaper);
	CU_ASSERT_EQUAL_FATAL(told_count, (unsigned)last);
	for (type = first; type <= last; type++) {
		struct pooltoy_event *event = &told[type - first];

		CU_ASSERT_EQUAL(event->type, (enum pooltoy_event_type)type);
		CU_ASSERT_EQUAL(event->severity, severity_wanted(event->type));
		CU_ASSERT_STRING_EQUAL(told_pool[type - first], "poolio");
		CU_ASSERT(event->worker == type && event->instance == 8);
		CU_ASSERT_EQUAL(event->duration_ns, 100 + (uint64_t)type);
		CU_ASSERT(event->time_ns > 0 && event->time_ns <= sync_now());
	}
	reaper_destroy(&supervisor.reaper);
	notifier_destroy(&supervisor.notifier);
	parker_release(parker);
	pool_unref(pool);
}

SUITE(TEST(a_new_pool_runs_without_slots_and_has_room_for_twice_its_workers),
      TEST(a_pool_is_made_whole_or_not_at_all),
      TEST(the_last_reference_takes_slots_and_the_supervisors_reference_along),
      TEST(a_stop_is_settled_when_no_thread_is_left),
      TEST(a_stop_that_is_stuck_leaves_the_release_to_the_last_thread),
      TEST(a_state_changes_only_from_those_that_are_named),
      TEST(a_state_and_its_closed_queue_are_one_step_for_who_waits_and_who_comes),
      TEST(the_last_reason_replaces_the_one_before_and_is_cut_to_fit),
      TEST(a_pool_from_before_a_fork_says_so),
      TEST(waking_the_manager_is_one_message_however_often),
      TEST(only_overflow_that_nobody_waits_for_is_reported_as_surplus),
      TEST(events_say_which_pool_and_how_bad_it_is))
