/* SPDX-License-Identifier: MIT */
/* reaper.h: the thread that joins other threads and frees what readers may still see. */
#ifndef POOLTOY_LIB_REAPER_H
#define POOLTOY_LIB_REAPER_H

#include "mailbox.h"
#include "sync.h"

/*
 * One a supervisor. It may block, so that nobody else has to: on a grace period of RCU, and on the
 * last instructions of a thread that has announced its end. What it is given is embedded in the
 * object: giving it cannot fail.
 */
struct reaping {
	struct message message;
	bool after_grace_period;
	void (*reap)(struct reaping *reaping); /* may free its object */
};

struct reaper {
	struct mailbox mailbox;
	struct sync_mutex lock; /* guards `closed` against reaper_give */
	bool closed;
	sync_atomic(bool) stop;
	struct sync_thread thread;
	sync_atomic(long) thread_id;
};

/* 0, POOLTOY_ENOMEM or POOLTOY_EAGAIN. */
int reaper_start(struct reaper *reaper);

/* Any thread: has the reaping done soon. False, and it is the caller's affair, if the reaper has
 * been stopped. */
bool reaper_give(struct reaper *reaper, struct reaping *reaping);

/* True on the reaper's own thread. */
bool reaper_is_self(struct reaper *reaper);

/* Does all that it has been given, then ends, and takes no more. Blocks. */
void reaper_stop(struct reaper *reaper);
/* Afterwards, when nobody asks any more. */
void reaper_destroy(struct reaper *reaper);

#endif
