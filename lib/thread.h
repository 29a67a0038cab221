/* SPDX-License-Identifier: MIT */
/* thread.h: the lives of actors: threads that are started, end, are joined by the reaper, and
 * succeeded by others. */
#ifndef POOLTOY_LIB_THREAD_H
#define POOLTOY_LIB_THREAD_H

#include "mailbox.h"
#include "reaper.h"
#include "sync.h"

struct thread_spec {
	const char *name; /* of the thread: "pt:" + name + suffix. The name is cut to fit, never the
			     suffix */
	const char *suffix;            /* "/m", "/12" */
	size_t stack_size, guard_size; /* bytes; 0: the system's default */
	void (*body)(void *argument);
	void (*joined)(void *argument); /* by who joined it, when the thread is gone; may be NULL */
	void *argument;
};

/* One life of a library thread; on the heap, apart from its actor, who may have the next one while
 * the reaper joins this. */
struct thread {
	struct reaping reaping;
	struct sync_thread sync;
	void (*joined)(void *argument);
	void *argument;
};

/*
 * Starts a thread: 0, POOLTOY_ENOMEM or POOLTOY_EAGAIN. *thread, where the body finds itself, is
 * set before it runs.
 */
int thread_start(struct thread **thread, const struct thread_spec *spec);

/* The last act of a thread's body: the reaper joins it. (If that is gone, the thread goes by
 * itself.) */
void thread_leave(struct thread *self, struct reaper *reaper);

/*
 * An actor: a mailbox, and a thread that takes from it. Its state lives in the object that it is
 * embedded in, so that the next thread goes on where the last one ended. A kill is a request, taken
 * at actor_wait, and nowhere else.
 */
struct actor {
	struct mailbox mailbox;
	sync_atomic(bool) killed;
	sync_atomic(long) thread_id; /* 0: none */
	struct thread *thread;       /* the present or the next life */
};

/* 0 or POOLTOY_ENOMEM. */
int actor_init(struct actor *actor);
void actor_destroy(struct actor *actor);

/* The actor's thread: waits for a message or a wake, as mailbox_wait; does not return if the actor
 * was killed. */
void actor_wait(struct actor *actor, uint64_t deadline);

/* Any thread. */
void actor_kill(struct actor *actor);

/* Once its thread has ended: a kill that has not been taken is dropped, and does not hit the next one. */
void actor_pardon(struct actor *actor);

/*
 * In the cleanup of a thread that must not end: starts the next life, again and again until one can
 * be had; false if the actor is to stop meanwhile.
 */
bool actor_succeed(struct actor *actor, const struct thread_spec *spec, sync_atomic(bool) * stop);

#endif
