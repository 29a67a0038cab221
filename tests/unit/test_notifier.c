/* SPDX-License-Identifier: MIT */
/* test_notifier.c: events are copied and delivered, or counted; errands run; callbacks may end. */
#include "support/suite.h"
#include "supervisor.h"
#include "support/faults.h"

#include <pthread.h>
#include <semaphore.h>
#include <string.h>

static const uint64_t PASSED = 1; /* a deadline */

enum { SEEN = 600 };

/* What a callback has seen; its own until the notifier has stopped. */
struct seen {
	enum pooltoy_event_type type;
	int worker;
	uint64_t dropped;
	char pool[NOTIFIER_NAME], reason[NOTIFIER_REASON];
	size_t struct_size;
};

/* A supervisor's memory with nothing in it but its notifier and reaper. */
struct office {
	struct pooltoy_supervisor supervisor;
	struct seen seen[SEEN];
	unsigned count;
	bool hold_first; /* the first callback tells, and waits to be let go */
	sem_t reached, let_go;
	pthread_t threads[2]; /* that have run callbacks */
	int exit_at;          /* the number of the event whose callback ends its thread; or -1 */
};

static void note(const struct pooltoy_event *event, void *argument)
{
	struct office *office = argument;
	unsigned number = office->count++;
	struct seen *seen = &office->seen[number % SEEN];

	*seen = (struct seen){ .type = event->type,
			       .worker = event->worker,
			       .dropped = event->dropped,
			       .struct_size = event->struct_size };
	strcpy(seen->pool, event->pool);
	strcpy(seen->reason, event->reason);
	office->threads[number > 0] = pthread_self();
	if (number == 0 && office->hold_first) {
		sem_post(&office->reached);
		sem_wait(&office->let_go);
	}
	if ((int)number == office->exit_at)
		pthread_exit(NULL);
}

static void office_open(struct office *office)
{
	memset(office, 0, sizeof *office);
	office->exit_at = -1;
	atomic_init(&office->supervisor.references, 1);
	sem_init(&office->reached, 0, 0);
	sem_init(&office->let_go, 0, 0);
	CU_ASSERT_EQUAL_FATAL(reaper_start(&office->supervisor.reaper), POOLTOY_OK);
	CU_ASSERT_EQUAL_FATAL(notifier_start(&office->supervisor.notifier, &office->supervisor,
					     &office->supervisor.reaper, note, office),
			      POOLTOY_OK);
}

/* Ends it; and no reference of its threads may be left. */
static void office_close(struct office *office)
{
	struct parker *parker = parker_acquire();

	CU_ASSERT(notifier_stop(&office->supervisor.notifier, parker, SYNC_NEVER));
	/* Threads that were ended by a callback may still be on their way to the reaper. */
	sync_yield_until(sync_load(&office->supervisor.references, acquire) == 1);
	reaper_stop(&office->supervisor.reaper);
	reaper_destroy(&office->supervisor.reaper);
	notifier_destroy(&office->supervisor.notifier);
	parker_release(parker);
	sem_destroy(&office->reached);
	sem_destroy(&office->let_go);
}

static void emit(struct office *office, int worker)
{
	struct pooltoy_event event = { .type = POOLTOY_EVENT_WORKER_DIED,
				       .severity = POOLTOY_WARNING,
				       .pool = "poolio",
				       .reason = "why",
				       .worker = worker };

	notifier_emit(&office->supervisor.notifier, &event);
}

static struct office office;

static void events_are_copied_with_their_strings_and_come_in_order(void)
{
	char pool[] = "poolio", reason[] = "out of paper";
	struct pooltoy_event event = {
		.type = POOLTOY_EVENT_WORKER_DIED, .pool = pool, .worker = 3, .reason = reason
	};

	office_open(&office);
	notifier_emit(&office.supervisor.notifier, &event);
	memset(pool, 'x', sizeof pool - 1);
	memset(reason, 'x', sizeof reason - 1);
	event = (struct pooltoy_event){ .type = POOLTOY_EVENT_POOL_STOPPED, .worker = -1 };
	notifier_emit(&office.supervisor.notifier, &event);
	office_close(&office);
	CU_ASSERT_EQUAL_FATAL(office.count, 2);
	CU_ASSERT_EQUAL(office.seen[0].type, POOLTOY_EVENT_WORKER_DIED);
	CU_ASSERT_EQUAL(office.seen[0].worker, 3);
	CU_ASSERT_STRING_EQUAL(office.seen[0].pool, "poolio");
	CU_ASSERT_STRING_EQUAL(office.seen[0].reason, "out of paper");
	CU_ASSERT_EQUAL(office.seen[0].struct_size, sizeof event);
	CU_ASSERT_EQUAL(office.seen[1].type, POOLTOY_EVENT_POOL_STOPPED);
	CU_ASSERT_STRING_EQUAL(office.seen[1].pool, ""); /* never NULL */
	CU_ASSERT_STRING_EQUAL(office.seen[1].reason, "");
}

static void texts_that_are_too_long_are_cut(void)
{
	static char longest[1000];
	struct pooltoy_event event = { .pool = longest, .reason = longest };

	memset(longest, 'x', sizeof longest - 1);
	office_open(&office);
	notifier_emit(&office.supervisor.notifier, &event);
	office_close(&office);
	CU_ASSERT_EQUAL(strlen(office.seen[0].pool), NOTIFIER_NAME - 1);
	CU_ASSERT_EQUAL(strlen(office.seen[0].reason), NOTIFIER_REASON - 1);
}

static void all_that_was_emitted_before_the_stop_is_delivered(void)
{
	int i;

	office_open(&office);
	for (i = 0; i < NOTIFIER_RING; i++)
		emit(&office, i);
	office_close(&office);
	CU_ASSERT_EQUAL(office.count, NOTIFIER_RING);
	for (i = 0; i < NOTIFIER_RING; i++)
		CU_ASSERT_EQUAL(office.seen[i].worker, i);
}

static bool nothing_in_the_ring(struct notifier *notifier)
{
	bool nothing;

	sync_mutex_lock(&notifier->lock);
	nothing = notifier->count == 0;
	sync_mutex_unlock(&notifier->lock);
	return nothing;
}

static void what_the_ring_has_no_room_for_is_counted_and_told_with_the_next_event(void)
{
	int i;

	office_open(&office);
	office.hold_first = true;
	emit(&office, 1000);
	sem_wait(&office.reached); /* it is out of the ring, and the callback is busy */
	for (i = 0; i < NOTIFIER_RING + 44; i++)
		emit(&office, i);
	sem_post(&office.let_go);
	sync_yield_until(nothing_in_the_ring(&office.supervisor.notifier));
	emit(&office, 2000);
	emit(&office, 2001);
	office_close(&office);
	CU_ASSERT_EQUAL_FATAL(office.count, 1 + NOTIFIER_RING + 2);
	for (i = 0; i <= NOTIFIER_RING; i++)
		CU_ASSERT_EQUAL(office.seen[i].dropped, 0);
	CU_ASSERT_EQUAL(office.seen[NOTIFIER_RING].worker, NOTIFIER_RING - 1);
	CU_ASSERT_EQUAL(office.seen[NOTIFIER_RING + 1].worker, 2000);
	CU_ASSERT_EQUAL(office.seen[NOTIFIER_RING + 1].dropped, 44);
	CU_ASSERT_EQUAL(office.seen[NOTIFIER_RING + 2].dropped, 0); /* told once */
}

static void a_callback_that_ends_its_thread_does_not_end_the_notifier(void)
{
	office_open(&office);
	office.exit_at = 0;
	office.hold_first = true;
	emit(&office, 1);
	sem_wait(&office.reached);
	emit(&office, 2);
	emit(&office, 3);
	sem_post(&office.let_go);
	/* All is delivered before the stop, so it is the next life that has done it. */
	sync_yield_until(nothing_in_the_ring(&office.supervisor.notifier));
	office_close(&office);
	CU_ASSERT_EQUAL_FATAL(office.count, 3);
	CU_ASSERT_EQUAL(office.seen[2].worker, 3);
	CU_ASSERT_FALSE(pthread_equal(office.threads[0], office.threads[1]));
}

/* An errand, and where it ran. */
struct trip {
	struct errand errand;
	struct notifier *notifier;
	bool on_its_thread;
	unsigned runs;
	sem_t *done;
};

static void run_trip(struct errand *errand)
{
	struct trip *trip = (struct trip *)errand;

	trip->runs++;
	trip->on_its_thread = notifier_is_self(trip->notifier);
	if (trip->done)
		sem_post(trip->done);
}

static struct trip trip_to(struct office *of, sem_t *done)
{
	return (struct trip){ .errand = { .run = run_trip },
			      .notifier = &of->supervisor.notifier,
			      .done = done };
}

static void errands_run_on_the_notifiers_thread(void)
{
	struct trip trip;
	sem_t done;

	sem_init(&done, 0, 0);
	office_open(&office);
	trip = trip_to(&office, &done);
	CU_ASSERT_FALSE(notifier_is_self(&office.supervisor.notifier));
	notifier_send(&office.supervisor.notifier, &trip.errand);
	sem_wait(&done);
	notifier_send(&office.supervisor.notifier, &trip.errand); /* and it can be sent again */
	sem_wait(&done);
	office_close(&office);
	CU_ASSERT_EQUAL(trip.runs, 2);
	CU_ASSERT(trip.on_its_thread);
	sem_destroy(&done);
}

static void errands_sent_before_the_stop_run(void)
{
	struct trip trips[10];
	int i;

	office_open(&office);
	for (i = 0; i < 10; i++) {
		trips[i] = trip_to(&office, NULL);
		notifier_send(&office.supervisor.notifier, &trips[i].errand);
	}
	office_close(&office);
	for (i = 0; i < 10; i++)
		CU_ASSERT_EQUAL(trips[i].runs, 1);
}

static void a_stop_does_not_wait_longer_than_it_is_told_for_a_callback(void)
{
	struct parker *parker = parker_acquire();

	office_open(&office);
	office.hold_first = true;
	emit(&office, 1);
	sem_wait(&office.reached);
	CU_ASSERT_FALSE(notifier_stop(&office.supervisor.notifier, parker, PASSED));
	/* Its thread still keeps the supervisor's memory. */
	CU_ASSERT_EQUAL(sync_load(&office.supervisor.references, relaxed), 2);
	sem_post(&office.let_go);
	parker_release(parker);
	office_close(&office);
	CU_ASSERT_EQUAL(office.count, 1);
}

static void without_memory_or_a_thread_there_is_no_notifier(void)
{
	struct pooltoy_supervisor *supervisor = &office.supervisor;

	memset(&office, 0, sizeof office);
	atomic_init(&supervisor->references, 1);
	faults_begin(FAULTS_MEMORY, 0, 1);
	CU_ASSERT_EQUAL(notifier_start(&supervisor->notifier, supervisor, &supervisor->reaper, note,
				       &office),
			POOLTOY_ENOMEM);
	CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 1);
	faults_begin(FAULTS_THREADS, 0, 1);
	CU_ASSERT_EQUAL(notifier_start(&supervisor->notifier, supervisor, &supervisor->reaper, note,
				       &office),
			POOLTOY_EAGAIN);
	CU_ASSERT_EQUAL(faults_end(FAULTS_THREADS), 1);
	CU_ASSERT_EQUAL(sync_load(&supervisor->references, relaxed), 1);
}

SUITE(TEST(events_are_copied_with_their_strings_and_come_in_order),
      TEST(texts_that_are_too_long_are_cut),
      TEST(all_that_was_emitted_before_the_stop_is_delivered),
      TEST(what_the_ring_has_no_room_for_is_counted_and_told_with_the_next_event),
      TEST(a_callback_that_ends_its_thread_does_not_end_the_notifier),
      TEST(errands_run_on_the_notifiers_thread), TEST(errands_sent_before_the_stop_run),
      TEST(a_stop_does_not_wait_longer_than_it_is_told_for_a_callback),
      TEST(without_memory_or_a_thread_there_is_no_notifier))
