/* SPDX-License-Identifier: MIT */
/* notifier.h: the thread that runs event and interrupt callbacks, which may block. */
#ifndef POOLTOY_LIB_NOTIFIER_H
#define POOLTOY_LIB_NOTIFIER_H

#include "thread.h"

#include <pooltoy/event.h>

enum { NOTIFIER_RING = 256, NOTIFIER_NAME = 64, NOTIFIER_REASON = 256 };

/* Something to be run by the notifier, embedded in its object. */
struct errand {
	struct message message;
	void (*run)(struct errand *errand);
};

enum notifier_fate { NOTIFIER_RUNS, NOTIFIER_ENDED, NOTIFIER_GIVEN_UP };

struct notifier {
	struct actor actor;
	struct reaper *reaper;
	pooltoy_event_fn *on_event;
	void *argument;
	void (*returned)(
		struct notifier *
			notifier); /* on its own thread: it was given up, and has ended after all */
	sync_atomic(bool) stop;
	sync_atomic(int) fate; /* enum notifier_fate */
	struct parker *stopper;

	struct sync_mutex lock; /* RANK_EVENTS; guards the rest */
	struct event_record *ring;
	unsigned first, count;
	uint64_t dropped;
};

/* 0, POOLTOY_ENOMEM or POOLTOY_EAGAIN. */
int notifier_start(struct notifier *notifier, struct reaper *reaper, pooltoy_event_fn *on_event,
		   void *argument, void (*returned)(struct notifier *notifier));

/* Any thread; does not block. The event and its strings are copied; it is dropped and counted if
 * the ring is full. */
void notifier_emit(struct notifier *notifier, const struct pooltoy_event *event);

/* Any thread; does not block: has the errand run soon. */
void notifier_send(struct notifier *notifier, struct errand *errand);

/* True on the notifier's own thread. */
bool notifier_is_self(struct notifier *notifier);

/* Delivers what is there, then ends. Blocks until `deadline`; false: the thread is still inside a
 * callback, and its memory must stay. */
bool notifier_stop(struct notifier *notifier, struct parker *parker, uint64_t deadline);
/* When it has stopped. */
void notifier_destroy(struct notifier *notifier);

#endif
