/* SPDX-License-Identifier: MIT */
/* watched.h: a server that is looked at, by a thread of its own. */
#ifndef OBSERVE_WATCHED_H
#define OBSERVE_WATCHED_H

#include "samples.h"
#include "watch.h"

enum { WATCHED_ID = 32 };

struct watched {
	struct watch *watch;
	struct watched *next;
	char id[WATCHED_ID]; /* its PID, and a number if there is another of that PID */
	char path[SERVER_PATH];
	pthread_t thread;
	struct server server, events; /* the thread's: one connection to ask, one to be told */

	/* Guarded by the watch's lock. */
	json_t *state; /* what was put into the stream last */
	struct samples *samples;
	struct told told;
	int64_t silent_ms;      /* since when it does not answer; 0: it does */
	int64_t ended_ms;       /* 0: it has not */
	int64_t rests_until_ms; /* from debuggers, as CLOCK_MONOTONIC goes */
	bool debugged;          /* just now */
	bool over;              /* its thread touches it no more */
};

/* Once it has its watch, its server, path and id. False: no thread. */
bool watched_start(struct watched *watched);
/* Its thread has been joined, or has not been started. */
void watched_free(struct watched *watched);

/* As it was put into the stream last, with its last minutes; the caller's. With the watch's lock. */
json_t *watched_history_locked(const struct watched *watched);

#endif
