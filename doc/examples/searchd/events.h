/* SPDX-License-Identifier: MIT */
/* events.h: what the supervisor tells about the pools: a log in a file, and times of recovery. */
#ifndef SEARCHD_EVENTS_H
#define SEARCHD_EVENTS_H

#include <jansson.h>
#include <pthread.h>
#include <stdint.h>

#include <pooltoy/event.h>

enum { RECENT_TIMES = 256, DEATHS_OPEN = 64 };

/* How long something took: a number of times, and the latest of them. */
struct durations {
	uint64_t count;
	uint64_t recent_ns[RECENT_TIMES];
};

/* How soon a pool's crashes were over. Written by the notifier thread alone. */
struct pool_history {
	pthread_mutex_t lock;
	struct durations restart;      /* manager's death to serving again */
	struct durations replacement;  /* worker's death to another one ready */
	uint64_t died_at[DEATHS_OPEN]; /* deaths of workers that no start has followed yet */
	unsigned deaths_open;
	uint64_t dropped; /* events that the supervisor had no room for */
};

#define POOL_HISTORY_INIT \
	{ \
		.lock = PTHREAD_MUTEX_INITIALIZER \
	}

struct server;

/* The supervisor's on_event, with the server as its argument. */
void events_record(const struct pooltoy_event *event, void *argument);

/* A new reference, or NULL. */
json_t *pool_history_json(struct pool_history *history);

#endif
