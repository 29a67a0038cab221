/* SPDX-License-Identifier: MIT */
/* supervisor.h: the thread that starts managers, and decides what follows when one dies. */
#ifndef POOLTOY_LIB_SUPERVISOR_H
#define POOLTOY_LIB_SUPERVISOR_H

#include "notifier.h"
#include "pool.h"
#include "reaper.h"
#include "registry.h"
#include "supervisor_reference.h"

#include <pooltoy/supervisor.h>

struct pooltoy_supervisor {
	unsigned fork_epoch;
	sync_atomic(unsigned)
		references; /* the handle's; each pool's; its thread's and the notifier's */
	struct actor actor;
	struct reaper reaper;
	struct notifier notifier;
	struct timer_queue
		retries; /* the thread's own: managers that no thread was to be had for */

	struct sync_mutex
		lock; /* RANK_SUPERVISOR; guards the list, the registry's writers, `stopping` */
	struct registry registry;
	struct pooltoy_pool *oldest, *newest;
	bool stopping;

	unsigned trials;                 /* under way; the thread's own */
	sync_atomic(bool) stop, stopped; /* the thread */
	sync_atomic(struct parker *) stopper;
};

/*
 * Starts the supervisor's thread, when all the rest has been prepared: 0, POOLTOY_ENOMEM,
 * POOLTOY_EAGAIN.
 */
int supervisor_run(struct pooltoy_supervisor *supervisor);

/* Ends it, when its pools have been stopped. Blocks. */
void supervisor_end(struct pooltoy_supervisor *supervisor, struct parker *parker);

/* 0, or a code with its message: NULL, or from before a fork. */
int supervisor_check(const struct pooltoy_supervisor *supervisor);

/*
 * Lists a pool, and enters it in the registry, both with a reference each: 0, POOLTOY_EEXIST,
 * POOLTOY_ESTOPPED.
 */
int supervisor_list(struct pooltoy_supervisor *supervisor, struct pooltoy_pool *pool);

/* Takes it off the registry: its name is free at once; nothing if it was not there. */
void supervisor_unname(struct pooltoy_pool *pool);
/* Takes it off the list, when its stop is settled; nothing if it was not there. */
void supervisor_delist(struct pooltoy_pool *pool);

/*
 * The next pool in the order of their starts, or, from the newest on, the one before; NULL at the
 * end. With a reference; that of `from` is given back.
 */
struct pooltoy_pool *supervisor_next(struct pooltoy_supervisor *supervisor,
				     struct pooltoy_pool *from);
struct pooltoy_pool *supervisor_newest(struct pooltoy_supervisor *supervisor);

/* Has the supervisor's thread look at the pool. */
void supervisor_post(struct pooltoy_pool *pool);

#endif
