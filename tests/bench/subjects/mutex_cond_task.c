/* SPDX-License-Identifier: MIT */
/* mutex_cond_task.c: a bounded ring of tasks under a mutex, a condition variable for either end. */
#include <err.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include "scenarios/measure.h"
#include "subjects/mutex_cond.h"

enum { RING_SIZE = 1024 };

struct task {
	void (*function)(void *argument);
	void *argument;
};

struct ring {
	pthread_mutex_t mutex;
	pthread_cond_t filled, drained;
	struct task tasks[RING_SIZE];
	unsigned first, count;
	bool end;
	unsigned workers;
	pthread_t threads[];
};

static void *run_tasks(void *argument)
{
	struct ring *ring = argument;

	pthread_mutex_lock(&ring->mutex);
	for (;;) {
		struct task task;

		while (ring->count == 0 && !ring->end)
			pthread_cond_wait(&ring->filled, &ring->mutex);
		if (ring->count == 0)
			break;
		task = ring->tasks[ring->first];
		ring->first = (ring->first + 1) % RING_SIZE;
		ring->count--;
		pthread_mutex_unlock(&ring->mutex);
		pthread_cond_signal(&ring->drained);
		task.function(task.argument);
		pthread_mutex_lock(&ring->mutex);
	}
	pthread_mutex_unlock(&ring->mutex);
	return NULL;
}

static void *task_open(const struct order *order)
{
	struct ring *ring = must_alloc(sizeof *ring + order->workers * sizeof *ring->threads);

	pthread_mutex_init(&ring->mutex, NULL);
	pthread_cond_init(&ring->filled, NULL);
	pthread_cond_init(&ring->drained, NULL);
	for (; ring->workers < order->workers; ring->workers++)
		if (pthread_create(&ring->threads[ring->workers], NULL, run_tasks, ring))
			errx(1, "no thread to be had");
	return ring;
}

static void task_close(void *argument)
{
	struct ring *ring = argument;

	pthread_mutex_lock(&ring->mutex);
	ring->end = true;
	pthread_mutex_unlock(&ring->mutex);
	pthread_cond_broadcast(&ring->filled);
	for (unsigned i = 0; i < ring->workers; i++)
		pthread_join(ring->threads[i], NULL);
	free(ring);
}

static void submit(void *argument, unsigned producer, void (*function)(void *argument),
		   void *function_argument)
{
	struct ring *ring = argument;

	(void)producer;
	pthread_mutex_lock(&ring->mutex);
	while (ring->count == RING_SIZE)
		pthread_cond_wait(&ring->drained, &ring->mutex);
	ring->tasks[(ring->first + ring->count) % RING_SIZE] =
		(struct task){ function, function_argument };
	ring->count++;
	pthread_mutex_unlock(&ring->mutex);
	pthread_cond_signal(&ring->filled);
}

const struct task_ops mutex_cond_task = { task_open, task_close, submit, NULL };
