/* SPDX-License-Identifier: MIT */
/* deadlines.h: when operations without a thread are out of time: set by anybody, told by an actor. */
#ifndef POOLTOY_LIB_DEADLINES_H
#define POOLTOY_LIB_DEADLINES_H

#include "sync.h"
#include "timer_queue.h"

/*
 * Entries are embedded in their objects. Any thread sets one, once, and drops it when its object is
 * over, in whatever order these two come; one thread expires them. Whoever takes an entry out, by
 * expiring or dropping it, has it alone; so if each entry that is set stands for a reference to its
 * object, that is theirs.
 */
struct deadline_entry {
	struct timer timer;
	bool over; /* dropped: it is set no more */
	void (*passed)(struct deadline_entry *entry, int code);
};

struct deadlines {
	struct sync_mutex lock; /* RANK_DEADLINES; guards the rest, and the entries */
	struct timer_queue timers;
	bool closed;
	sync_atomic(uint64_t) next; /* ns; a figure, for who expires them */
};

/* 0 or an errno value. */
int deadlines_init(struct deadlines *deadlines);
void deadlines_destroy(struct deadlines *deadlines);

enum deadlines_result {
	DEADLINE_SET,
	DEADLINE_NEXT, /* the same; and who expires them must be told, since none is earlier */
	DEADLINE_OVER, /* it has been dropped already */
	DEADLINE_CLOSED
};
enum deadlines_result deadlines_set(struct deadlines *deadlines, struct deadline_entry *entry,
				    uint64_t deadline);

/* Whether it was set, and is not any more. It will not be set again. */
bool deadlines_drop(struct deadlines *deadlines, struct deadline_entry *entry);

/* Takes out one that has passed; NULL if there is none. */
struct deadline_entry *deadlines_expire(struct deadlines *deadlines, uint64_t now);

/* Takes out any, and lets none be set from now on; NULL if there is none. */
struct deadline_entry *deadlines_close(struct deadlines *deadlines);

/* The earliest; UINT64_MAX without any. Who was told of it after a set sees it. */
static inline uint64_t deadlines_next(struct deadlines *deadlines)
{
	return figure_load(&deadlines->next);
}

#endif
