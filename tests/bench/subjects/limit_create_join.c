/* SPDX-License-Identifier: MIT */
/*
 * limit_create_join.c: bare threads, as the system's library makes them.
 *
 * replace: one created, which ends at once, and joined. start: so many created, until the last of
 * them runs, then ended and joined.
 */
#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include "scenarios/measure.h"
#include "subjects/subject.h"

static void *end_at_once(void *argument)
{
	return argument;
}

static void create_and_join(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, end_at_once, NULL))
		errx(1, "no thread to be had");
	pthread_join(thread, NULL);
}

static void *replace_open(const struct order *order)
{
	uint64_t *ms = must_alloc(sizeof *ms);

	*ms = order->ms;
	for (int i = 0; i < 1000; i++)
		create_and_join();
	return ms;
}

static void replace_round(void *context, struct answer *found)
{
	const uint64_t *ms = context;
	uint64_t began = now_ns(), taken, count = 0;

	do {
		create_and_join();
		count++;
		taken = now_ns() - began;
	} while (taken < *ms * 1000000u);
	answer(found, "ns", (double)taken / (double)count);
}

struct start {
	unsigned count;
	pthread_t *threads;
	sem_t up;
	pthread_mutex_t gate;
};

static void *come_up(void *argument)
{
	struct start *start = argument;

	sem_post(&start->up);
	pthread_mutex_lock(&start->gate);
	pthread_mutex_unlock(&start->gate);
	return NULL;
}

static void *start_open(const struct order *order)
{
	struct start *start = must_alloc(sizeof *start);

	start->count = order->workers;
	start->threads = must_alloc(start->count * sizeof *start->threads);
	sem_init(&start->up, 0, 0);
	pthread_mutex_init(&start->gate, NULL);
	return start;
}

static void start_round(void *context, struct answer *found)
{
	struct start *start = context;
	uint64_t began = now_ns(), up;

	pthread_mutex_lock(&start->gate);
	for (unsigned i = 0; i < start->count; i++)
		if (pthread_create(&start->threads[i], NULL, come_up, start))
			errx(1, "no thread %u to be had", i);
	for (unsigned i = 0; i < start->count; i++)
		sem_wait(&start->up);
	up = now_ns();
	pthread_mutex_unlock(&start->gate);
	for (unsigned i = 0; i < start->count; i++)
		pthread_join(start->threads[i], NULL);
	answer(found, "ns", (double)(up - began) / start->count);
	answer(found, "stop_ns", (double)(now_ns() - up) / start->count);
}

static void start_close(void *context)
{
	struct start *start = context;

	free(start->threads);
	free(start);
}

static const struct scenario replace = { "replace", replace_open, replace_round, free };
static const struct scenario start = { "start", start_open, start_round, start_close };
static const struct scenario *const scenarios[] = { &replace, &start, NULL };

const struct subject subject = { .name = "limit_create_join", .scenarios = scenarios };
