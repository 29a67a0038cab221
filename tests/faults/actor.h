/* SPDX-License-Identifier: MIT */
/* actor.h: the workers of a life: they use all that a callback may, and keep account. */
#ifndef FAULTS_ACTOR_H
#define FAULTS_ACTOR_H

#include <pooltoy.h>
#include <stdatomic.h>

/* What an actor is told in a call, or in a cast. */
enum act {
	ACT_DOUBLE,   /* replies 2 * number */
	ACT_RECITE,   /* replies `number` bytes */
	ACT_REFUSE,   /* replies with an error of the application's own */
	ACT_BREAK,    /* says that it is broken */
	ACT_WALK_OFF, /* ends its thread, below its callback */
};
struct cue {
	enum act act;
	int number;
};

/* A pool's argument. */
struct account {
	atomic_int inits, terminates, releases;
	atomic_int wrongs; /* callbacks that met in one actor, or found what they must not find */
};
extern const struct pooltoy_worker_ops actor_ops;
void actor_release(void *account);

#endif
