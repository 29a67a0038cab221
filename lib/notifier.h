/* SPDX-License-Identifier: MIT */
/* notifier.h: the thread that runs event and interrupt callbacks, which may block. */
#ifndef POOLTOY_LIB_NOTIFIER_H
#define POOLTOY_LIB_NOTIFIER_H

#include "extension.h"
#include "supervisor_reference.h"
#include "sync_stack.h"
#include "thread.h"

#include <pooltoy/event.h>

enum { NOTIFIER_RING = 256, NOTIFIER_NAME = 64, NOTIFIER_REASON = 256, NOTIFIER_STACK = 2048 };

/* Something to be run by the notifier, embedded in its object. */
struct errand {
	struct message message;
	void (*run)(struct errand *errand);
};

struct notifier {
	struct actor actor;
	struct pooltoy_supervisor *supervisor; /* that it is part of; its thread has a reference */
	struct reaper *reaper;
	pooltoy_event_fn *on_event;
	void *argument;
	sync_atomic(bool) stop, stopped;
	bool finished; /* its thread's: nothing is left to do after the stop */
	sync_atomic(struct parker *) stopper;

	struct sync_mutex lock; /* RANK_EVENTS; guards the rest */
	struct event_record *ring;
	unsigned first, count;
	uint64_t dropped;
	struct extension *extension; /* NULL: none */
};

/* 0, POOLTOY_ENOMEM or POOLTOY_EAGAIN. */
int notifier_start(struct notifier *notifier, struct pooltoy_supervisor *supervisor,
		   struct reaper *reaper, pooltoy_event_fn *on_event, void *argument);

/* Any thread; does not block. The event and its strings are copied; it is dropped and counted if
 * the ring is full. */
void notifier_emit(struct notifier *notifier, const struct pooltoy_event *event);
/* The same of an event that has a stack, if it is not empty. */
void notifier_emit_with(struct notifier *notifier, const struct pooltoy_event *event,
			const struct sync_stack *stack);

/* Any thread; does not block: has the errand run soon. */
void notifier_send(struct notifier *notifier, struct errand *errand);

/* Has an extension hear of events, too; false: it has one. Takes a reference. */
bool notifier_extend(struct notifier *notifier, struct extension *extension);
/* No more; false: it had gone. The reference is the caller's then. */
bool notifier_extend_no_more(struct notifier *notifier, struct extension *extension);
/* The extension, with a reference of the caller's; NULL: none. */
struct extension *notifier_extension(struct notifier *notifier);

/* True on the notifier's own thread. */
bool notifier_is_self(struct notifier *notifier);

/*
 * Delivers what is there, then ends. Blocks until `deadline`; false: its thread is still inside a
 * callback, and keeps the supervisor's memory until that has returned.
 */
bool notifier_stop(struct notifier *notifier, struct parker *parker, uint64_t deadline);
/* With the supervisor. */
void notifier_destroy(struct notifier *notifier);

#endif
