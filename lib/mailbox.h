/* SPDX-License-Identifier: MIT */
/* mailbox.h: how actors get work: any thread posts, one takes. */
#ifndef POOLTOY_LIB_MAILBOX_H
#define POOLTOY_LIB_MAILBOX_H

#include "parker.h"
#include "sync.h"

/*
 * A message is embedded in the object it is about, says no more than "look at me", and is in its
 * mailbox at most once: posting cannot fail, and posting twice is posting once. Who posts first
 * changes the object, then posts; who takes then looks at the object, and sees all that was written
 * before any of the posts. It starts as all zeroes. What one thread posts is taken in the order of
 * the first posts.
 */
struct message {
	struct sync_queue_node node;
	sync_atomic(bool) posted;
};

struct mailbox {
	struct sync_queue queue;
	struct parker parker; /* of the thread that takes, whichever that is now */
};

/* 0 or an errno value. */
int mailbox_init(struct mailbox *mailbox);
void mailbox_destroy(struct mailbox *mailbox);

/* Any thread; never blocks. The mailbox must outlive the call. */
void mailbox_post(struct mailbox *mailbox, struct message *message);

/* Wakes the receiver without a message, to have it look at its own object. Any thread. */
void mailbox_wake(struct mailbox *mailbox);

/*
 * The receiver alone: the next message; NULL if there is none, or if its sender is in the middle of
 * the post, and will wake the receiver.
 */
struct message *mailbox_take(struct mailbox *mailbox);

/* The receiver alone: waits until there may be a message or a wake; false once the deadline has
 * passed. */
bool mailbox_wait(struct mailbox *mailbox, uint64_t deadline);

#endif
