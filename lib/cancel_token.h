/* SPDX-License-Identifier: MIT */
/* cancel_token.h: by which one thread has others give up what they wait for. */
#ifndef POOLTOY_LIB_CANCEL_TOKEN_H
#define POOLTOY_LIB_CANCEL_TOKEN_H

#include "parker.h"

#include <pooltoy/checkout.h>

/*
 * Who waits watches the token meanwhile: a cancel leaves a token in its parker. Whether it then is
 * cancelled or served is decided where a timeout is: by the checkout queue's lock, or the cell's word.
 *
 * What waits without a thread has itself told: a cancel takes its watch out, and calls `cancelled`. So
 * does who drops it, in whatever order these two and its setting come. Whoever takes it out has it alone:
 * if each watch that is set stands for a reference to its object, that is theirs.
 */
struct cancel_watch {
	struct cancel_watch *previous, *next;
	struct pooltoy_cancel_token *token;
	struct parker *parker; /* NULL: nobody's */
	void (*cancelled)(struct cancel_watch *watch);
	/* Of one without a parker; guarded by the token's lock. */
	bool set;
	bool over; /* dropped: it is set no more */
};

struct pooltoy_cancel_token {
	sync_atomic(unsigned) references; /* its owner's, and one of each operation */
	unsigned fork_epoch;
	/* Set under the lock, before the watches are woken; read by anybody. */
	sync_atomic(bool) cancelled;
	struct sync_mutex lock;
	struct cancel_watch *watches; /* guarded by the lock */
};

/* NULL never is. Acquire pairs with the release of the cancel. */
static inline bool cancel_token_is_cancelled(struct pooltoy_cancel_token *token)
{
	return token && sync_load(&token->cancelled, acquire);
}

void cancel_token_ref(struct pooltoy_cancel_token *token);
void cancel_token_unref(struct pooltoy_cancel_token *token);

/* 0, or POOLTOY_EFORKED with its message for a token from before a fork. NULL is none. */
int cancel_token_check_fork(const struct pooltoy_cancel_token *token);

/*
 * By the thread whose parker it is, before it waits: false if the token has been cancelled, and nothing
 * is watched. The watch stays in place until cancel_watch_end, which is a cleanup handler, too.
 */
bool cancel_watch_begin(struct cancel_watch *watch, struct pooltoy_cancel_token *token,
			struct parker *parker);
void cancel_watch_end(void *watch);

enum cancel_watch_result {
	CANCEL_WATCH_SET,
	CANCEL_WATCH_OVER, /* it has been dropped already */
	CANCEL_WATCH_CANCELLED
};
/* By what has no thread: a watch with its token and `cancelled`, zero else. Not set unless the result says so. */
enum cancel_watch_result cancel_watch_set(struct cancel_watch *watch);
/* Whether it was set, and is not any more. It will not be set again. */
bool cancel_watch_drop(struct cancel_watch *watch);

#endif
