/* SPDX-License-Identifier: MIT */
/* completion_queue.h: the records of operations, and their way to who drains them. */
#ifndef POOLTOY_LIB_COMPLETION_QUEUE_H
#define POOLTOY_LIB_COMPLETION_QUEUE_H

#include "sync.h"

#include <pooltoy/completion.h>

/*
 * A record is taken as an operation starts, so that completing it needs no memory. It is the
 * operation's, then the queue's (completion_post), then the user's (drain), and free again when the
 * last reference goes. It is part of a larger object (operation.h), and its memory is its queue's for
 * good: a handle of an operation that is over finds the record, and another serial.
 *
 *              any thread, at any time; but drain: one at a time, and none after close
 *   order      completions of one sender are drained in the order of their posts
 *   linearizes post: the push
 */
struct completion {
	struct pooltoy_completion told; /* first: what the user sees */
	struct pooltoy_completion_queue *queue;
	struct sync_queue_node node;
	sync_atomic(unsigned) references; /* 0: the record is free */
	struct completion *next;          /* of all records; constant */
	struct completion *next_free;     /* guarded by the queue's lock, as is the next */
	uint64_t serial;                  /* counts the operations that it was taken for */
};

/* What records are part of. */
struct completion_kind {
	size_t size;
	/* Of a completion that nobody drains any more. */
	void (*left_behind)(struct completion *completion);
	/* When the last reference goes. */
	void (*dispose)(struct completion *completion);
	/* Cancels the operation, if it is under way. */
	void (*cancel)(struct completion *completion);
};

struct pooltoy_client;

/*
 * `signalled`: the event is set, or about to be by who set the word, or about to be reset by who
 * drains. Senders push, then set it, and the event if it was not; who drains finds nothing, resets the
 * event, then the word, then looks again. Modelled in tests/models/weak_completion.pml.
 */
struct pooltoy_completion_queue {
	const struct completion_kind *kind;
	unsigned fork_epoch;
	struct pooltoy_client *client; /* holds the leases of checkouts that have no other */
	struct sync_event event;
	SYNC_LINE_ALIGNED sync_atomic(bool) signalled;
	sync_atomic(bool) closed;
	struct sync_queue ready;
	/* The handle's, and one for each record that is not free. */
	SYNC_LINE_ALIGNED sync_atomic(unsigned) references;
	struct sync_mutex lock; /* RANK_RECORDS; guards the rest, and pops once it is closed */
	struct completion *records, *free;
};

/* 0, POOLTOY_ENOMEM or POOLTOY_EAGAIN (no descriptor). */
int completion_queue_create(const struct completion_kind *kind,
			    struct pooltoy_completion_queue **queue);

/* Takes a record, with one reference: zeroed, but for its serial; NULL without memory. */
struct completion *completion_take(struct pooltoy_completion_queue *queue);

/* One more reference, by who has one; and the end of one. */
void completion_ref(struct completion *completion);
void completion_unref(struct completion *completion);

/* One more reference, by who has a handle: false if that operation is over and its record free. */
bool completion_find(struct completion *completion, uint64_t serial);

/* Sends it to who drains, with the caller's reference. */
void completion_post(struct completion *completion);

unsigned completion_queue_drain(struct pooltoy_completion_queue *queue,
				const struct pooltoy_completion *completions[], unsigned max);

/* Cancels what is under way; what was posted, or will be, is left behind. Takes the handle's reference. */
void completion_queue_close(struct pooltoy_completion_queue *queue);

static inline struct completion *completion_of(const struct pooltoy_completion *told)
{
	return (struct completion *)(uintptr_t)
		told; /* its first member; and not the user's const */
}

#endif
