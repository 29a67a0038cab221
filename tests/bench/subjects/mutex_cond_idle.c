/* SPDX-License-Identifier: MIT */
/* mutex_cond_idle.c: bare threads that wait on a condition variable: what worker threads cost by
 * themselves. */
#include <err.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include "scenarios/measure.h"
#include "subjects/mutex_cond.h"

struct crowd {
	pthread_mutex_t mutex;
	pthread_cond_t ended;
	bool end;
	unsigned count;
	pthread_t threads[];
};

static void *wait_for_end(void *argument)
{
	struct crowd *crowd = argument;

	pthread_mutex_lock(&crowd->mutex);
	while (!crowd->end)
		pthread_cond_wait(&crowd->ended, &crowd->mutex);
	pthread_mutex_unlock(&crowd->mutex);
	return NULL;
}

static void *idle_open(const struct order *order)
{
	unsigned count = order->pools * order->workers;
	struct crowd *crowd = must_alloc(sizeof *crowd + count * sizeof *crowd->threads);

	pthread_mutex_init(&crowd->mutex, NULL);
	pthread_cond_init(&crowd->ended, NULL);
	for (; crowd->count < count; crowd->count++)
		if (pthread_create(&crowd->threads[crowd->count], NULL, wait_for_end, crowd))
			errx(1, "no thread to be had");
	return crowd;
}

/* The harness looks at the process from outside. */
static void idle_round(void *context, struct answer *found)
{
	(void)context;
	(void)found;
}

static void idle_close(void *context)
{
	struct crowd *crowd = context;

	pthread_mutex_lock(&crowd->mutex);
	crowd->end = true;
	pthread_mutex_unlock(&crowd->mutex);
	pthread_cond_broadcast(&crowd->ended);
	for (unsigned i = 0; i < crowd->count; i++)
		pthread_join(crowd->threads[i], NULL);
	free(crowd);
}

const struct scenario mutex_cond_idle = { "idle", idle_open, idle_round, idle_close };
