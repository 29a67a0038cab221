/* SPDX-License-Identifier: MIT */
/* mutex_cond_call.c: a thread that is called: request and reply under a mutex, a condition variable
 * for each way. */
#include <err.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include "scenarios/measure.h"
#include "subjects/mutex_cond.h"

struct line {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t posted, replied;
	bool request_there, reply_there, end, apart;
	uint64_t request, reply;
};

static void *answer_calls(void *argument)
{
	struct line *line = argument;

	if (line->apart)
		pin_to(1);
	pthread_mutex_lock(&line->mutex);
	for (;;) {
		while (!line->request_there && !line->end)
			pthread_cond_wait(&line->posted, &line->mutex);
		if (line->end)
			break;
		line->request_there = false;
		line->reply = line->request;
		line->reply_there = true;
		pthread_cond_signal(&line->replied);
	}
	pthread_mutex_unlock(&line->mutex);
	return NULL;
}

static uint64_t call_once(struct line *line, uint64_t request)
{
	uint64_t reply;

	pthread_mutex_lock(&line->mutex);
	line->request = request;
	line->request_there = true;
	pthread_cond_signal(&line->posted);
	while (!line->reply_there)
		pthread_cond_wait(&line->replied, &line->mutex);
	line->reply_there = false;
	reply = line->reply;
	pthread_mutex_unlock(&line->mutex);
	return reply;
}

static void *call_open(const struct order *order)
{
	struct line *lines = must_alloc((order->threads + 1) * sizeof *lines);

	for (unsigned i = 0; i < order->threads; i++) {
		lines[i].apart = order->apart != 0;
		pthread_mutex_init(&lines[i].mutex, NULL);
		pthread_cond_init(&lines[i].posted, NULL);
		pthread_cond_init(&lines[i].replied, NULL);
		if (pthread_create(&lines[i].thread, NULL, answer_calls, &lines[i]))
			errx(1, "no thread to be had");
	}
	lines[order->threads].end = true; /* the last, which is none */
	return lines;
}

static void call_close(void *argument)
{
	struct line *line = argument;

	for (; !line->end; line++) {
		pthread_mutex_lock(&line->mutex);
		line->end = true;
		pthread_mutex_unlock(&line->mutex);
		pthread_cond_signal(&line->posted);
		pthread_join(line->thread, NULL);
	}
	free(argument);
}

static void *join(void *argument, unsigned caller)
{
	struct line *lines = argument;

	return &lines[caller];
}

static void leave(void *line)
{
	(void)line;
}

static void calls(void *line, uint64_t calls)
{
	for (uint64_t i = 0; i < calls; i++)
		if (call_once(line, i) != i)
			errx(1, "a wrong answer");
}

const struct call_ops mutex_cond_call = { call_open, call_close, join, leave, calls };
