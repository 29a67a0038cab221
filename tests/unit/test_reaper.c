/* SPDX-License-Identifier: MIT */
/* test_reaper.c: what it is given is done, after one grace period for all that is there. */
#include "support/suite.h"
#include "reaper.h"
#include "support/faults.h"

#include <pooltoy/error.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

/* The linker leads the reaper's calls here; see unit/local.mk. */
void __real_urcu_bp_synchronize_rcu(void);
void __wrap_urcu_bp_synchronize_rcu(void);
static sync_atomic(unsigned) grace_periods;

void __wrap_urcu_bp_synchronize_rcu(void)
{
	__real_urcu_bp_synchronize_rcu();
	figure_add_shared(&grace_periods, 1);
}

struct corpse {
	struct reaping reaping;
	unsigned reaped, grace_periods_then; /* the reaper's, until it has been stopped */
};

static void reap(struct reaping *reaping)
{
	struct corpse *corpse = (struct corpse *)reaping;

	corpse->reaped++;
	corpse->grace_periods_then = figure_load(&grace_periods);
}

static struct corpse corpse(bool after_grace_period)
{
	return (struct corpse){ .reaping = { .after_grace_period = after_grace_period,
					     .reap = reap } };
}

/* Keeps the reaper busy until the test has given all it wants in the next batch. */
struct gate {
	struct reaping reaping;
	sem_t reached, opened;
};

static void reap_gate(struct reaping *reaping)
{
	struct gate *gate = (struct gate *)reaping;

	sem_post(&gate->reached);
	sem_wait(&gate->opened);
}

static void hold_up(struct gate *gate, struct reaper *reaper)
{
	*gate = (struct gate){ .reaping = { .reap = reap_gate } };
	sem_init(&gate->reached, 0, 0);
	sem_init(&gate->opened, 0, 0);
	CU_ASSERT(reaper_give(reaper, &gate->reaping));
	sem_wait(&gate->reached);
}

static void open_and_stop(struct gate *gate, struct reaper *reaper)
{
	sem_post(&gate->opened);
	reaper_stop(reaper);
	reaper_destroy(reaper);
	sem_destroy(&gate->reached);
	sem_destroy(&gate->opened);
}

static void it_does_all_it_has_been_given_before_it_stops(void)
{
	enum { CORPSES = 1000 };
	static struct corpse corpses[CORPSES];
	struct reaper reaper;
	struct gate gate;
	unsigned i;

	CU_ASSERT_EQUAL_FATAL(reaper_start(&reaper), POOLTOY_OK);
	hold_up(&gate, &reaper);
	for (i = 0; i < CORPSES; i++) {
		corpses[i] = corpse(i % 100 == 0);
		CU_ASSERT(reaper_give(&reaper, &corpses[i].reaping));
	}
	open_and_stop(&gate, &reaper);
	for (i = 0; i < CORPSES; i++)
		CU_ASSERT_EQUAL(corpses[i].reaped, 1);
}

struct caller {
	struct reaping reaping;
	sem_t called;
};

static void call_back(struct reaping *reaping)
{
	sem_post(&((struct caller *)reaping)->called);
}

static void it_works_without_being_stopped(void)
{
	struct caller caller = { .reaping = { .reap = call_back } };
	struct reaper reaper;
	unsigned i;

	CU_ASSERT_EQUAL_FATAL(reaper_start(&reaper), POOLTOY_OK);
	sem_init(&caller.called, 0, 0);
	for (i = 0; i < 1000; i++) { /* it goes to sleep in between, or not */
		CU_ASSERT(reaper_give(&reaper, &caller.reaping));
		sem_wait(&caller.called);
	}
	reaper_stop(&reaper);
	reaper_destroy(&reaper);
	sem_destroy(&caller.called);
}

static void once_stopped_it_refuses(void)
{
	struct corpse late = corpse(false);
	struct reaper reaper;

	CU_ASSERT_EQUAL_FATAL(reaper_start(&reaper), POOLTOY_OK);
	reaper_stop(&reaper);
	CU_ASSERT_FALSE(reaper_give(&reaper, &late.reaping));
	reaper_destroy(&reaper);
	CU_ASSERT_EQUAL(late.reaped, 0);
}

static void all_that_is_there_shares_one_grace_period(void)
{
	enum { CORPSES = 20 };
	struct corpse corpses[CORPSES];
	struct reaper reaper;
	struct gate gate;
	unsigned i, before;

	CU_ASSERT_EQUAL_FATAL(reaper_start(&reaper), POOLTOY_OK);
	hold_up(&gate, &reaper);
	before = figure_load(&grace_periods);
	for (i = 0; i < CORPSES; i++) {
		corpses[i] = corpse(i != 0);
		CU_ASSERT(reaper_give(&reaper, &corpses[i].reaping));
	}
	open_and_stop(&gate, &reaper);
	CU_ASSERT_EQUAL(figure_load(&grace_periods), before + 1);
	for (i = 1; i < CORPSES; i++) /* and it is over before the first of them goes */
		CU_ASSERT_EQUAL(corpses[i].grace_periods_then, before + 1);
}

static void what_no_reader_sees_waits_for_no_grace_period(void)
{
	struct corpse corpses[] = { corpse(false), corpse(false) };
	unsigned before = figure_load(&grace_periods);
	struct reaper reaper;

	CU_ASSERT_EQUAL_FATAL(reaper_start(&reaper), POOLTOY_OK);
	CU_ASSERT(reaper_give(&reaper, &corpses[0].reaping));
	CU_ASSERT(reaper_give(&reaper, &corpses[1].reaping));
	reaper_stop(&reaper);
	reaper_destroy(&reaper);
	CU_ASSERT_EQUAL(figure_load(&grace_periods), before);
	CU_ASSERT_EQUAL(corpses[0].reaped + corpses[1].reaped, 2);
}

/* Objects go with their reaping, and give others on the way. */
struct chain {
	struct reaping reaping;
	struct reaper *reaper;
	unsigned left;
	sem_t *end;
};

static void reap_link(struct reaping *reaping);

static bool give_link(struct reaper *reaper, unsigned left, sem_t *end)
{
	struct chain *link = calloc(1, sizeof *link);

	if (!link)
		abort();
	*link = (struct chain){ .reaping = { .after_grace_period = left % 2, .reap = reap_link },
				.reaper = reaper,
				.left = left,
				.end = end };
	return reaper_give(reaper, &link->reaping);
}

static void reap_link(struct reaping *reaping)
{
	struct chain link = *(struct chain *)reaping;

	free(reaping);
	if (link.left == 0)
		sem_post(link.end);
	else
		CU_ASSERT(give_link(link.reaper, link.left - 1, link.end));
}

static void what_is_reaped_may_free_itself_and_give_more(void)
{
	struct reaper reaper;
	sem_t end;

	CU_ASSERT_EQUAL_FATAL(reaper_start(&reaper), POOLTOY_OK);
	sem_init(&end, 0, 0);
	CU_ASSERT(give_link(&reaper, 10, &end));
	sem_wait(&end);
	reaper_stop(&reaper);
	reaper_destroy(&reaper);
	sem_destroy(&end);
}

/* Threads give while it is being stopped: taken or refused, never lost. */
enum { GIVERS = 3, EACH = 3000 };

struct rush {
	struct reaper reaper;
	pthread_barrier_t barrier;
	struct corpse corpses[GIVERS][EACH];
	sync_atomic(unsigned) giver;
	bool taken[GIVERS][EACH];
};

static void *give_until_refused(void *argument)
{
	struct rush *rush = argument;
	unsigned self = sync_fetch_add(&rush->giver, 1, relaxed), i;

	for (i = 0; i < EACH; i++)
		rush->corpses[self][i] = corpse(false);
	pthread_barrier_wait(&rush->barrier);
	for (i = 0; i < EACH; i++) {
		rush->taken[self][i] = reaper_give(&rush->reaper, &rush->corpses[self][i].reaping);
		if (i == EACH / 4)
			pthread_barrier_wait(&rush->barrier);
	}
	return NULL;
}

static void what_is_given_while_it_stops_is_taken_or_refused_never_lost(void)
{
	static struct rush rush;
	pthread_t givers[GIVERS];
	unsigned i, j, taken = 0;

	CU_ASSERT_EQUAL_FATAL(reaper_start(&rush.reaper), POOLTOY_OK);
	pthread_barrier_init(&rush.barrier, NULL, GIVERS + 1);
	for (i = 0; i < GIVERS; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&givers[i], NULL, give_until_refused, &rush),
				      0);
	pthread_barrier_wait(&rush.barrier);
	pthread_barrier_wait(&rush.barrier); /* each is through a quarter */
	reaper_stop(&rush.reaper);
	for (i = 0; i < GIVERS; i++)
		pthread_join(givers[i], NULL);
	for (i = 0; i < GIVERS; i++) {
		for (j = 0; j < EACH; j++) {
			CU_ASSERT_EQUAL(rush.corpses[i][j].reaped, rush.taken[i][j]);
			taken += rush.taken[i][j];
		}
	}
	CU_ASSERT(taken >= GIVERS * (EACH / 4));
	reaper_destroy(&rush.reaper);
	pthread_barrier_destroy(&rush.barrier);
}

static void without_a_thread_there_is_no_reaper(void)
{
	struct reaper reaper;

	faults_begin(FAULTS_THREADS, 0, 1);
	CU_ASSERT_EQUAL(reaper_start(&reaper), POOLTOY_EAGAIN);
	CU_ASSERT_EQUAL(faults_end(FAULTS_THREADS), 1);
}

SUITE(TEST(it_does_all_it_has_been_given_before_it_stops), TEST(it_works_without_being_stopped),
      TEST(once_stopped_it_refuses), TEST(all_that_is_there_shares_one_grace_period),
      TEST(what_no_reader_sees_waits_for_no_grace_period),
      TEST(what_is_reaped_may_free_itself_and_give_more),
      TEST(what_is_given_while_it_stops_is_taken_or_refused_never_lost),
      TEST(without_a_thread_there_is_no_reaper))
