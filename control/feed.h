/* SPDX-License-Identifier: MIT */
/* feed.h: events on their way from the notifier, which must not wait, to the socket's thread. */
#ifndef POOLTOY_CONTROL_FEED_H
#define POOLTOY_CONTROL_FEED_H

#include <pooltoy/event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FEED_LINES = 1024 };

struct feed_line {
	char *text; /* with its newline */
	size_t length;
};

struct feed {
	atomic_bool wanted;   /* somebody is subscribed */
	int eventfd;          /* readable while there are lines */
	pthread_mutex_t lock; /* guards the rest */
	struct feed_line lines[FEED_LINES];
	unsigned first, count;
	uint64_t dropped; /* since the last line that was put in */
};

/* 0, POOLTOY_ENOMEM or POOLTOY_EAGAIN. */
int feed_open(struct feed *feed);
void feed_close(struct feed *feed);

/* Any thread. Does not block: what does not fit is counted, and told with the next. */
void feed_put(struct feed *feed, const struct pooltoy_event *event);
/* The next line, which is the caller's to free; false: there is none. */
bool feed_take(struct feed *feed, struct feed_line *line);

/* Any thread: makes the descriptor readable; and unreadable, before a look at what is there. */
void feed_wake(struct feed *feed);
void feed_look(struct feed *feed);

#endif
