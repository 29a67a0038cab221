/* SPDX-License-Identifier: MIT */
/* cancel_token.h: by which one thread has others give up what they wait for. */
#ifndef POOLTOY_LIB_CANCEL_TOKEN_H
#define POOLTOY_LIB_CANCEL_TOKEN_H

#include "parker.h"

#include <pooltoy/checkout.h>

/*
 * Who waits watches the token meanwhile: a cancel leaves a token in its parker. Whether it then is
 * cancelled or served is decided where a timeout is: by the checkout queue's lock, or the cell's word.
 */
struct cancel_watch {
	struct cancel_watch *previous, *next;
	struct pooltoy_cancel_token *token;
	struct parker *parker;
};

struct pooltoy_cancel_token {
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

/* 0, or POOLTOY_EFORKED with its message for a token from before a fork. NULL is none. */
int cancel_token_check_fork(const struct pooltoy_cancel_token *token);

/*
 * By the thread whose parker it is, before it waits: false if the token has been cancelled, and nothing
 * is watched. The watch stays in place until cancel_watch_end, which is a cleanup handler, too.
 */
bool cancel_watch_begin(struct cancel_watch *watch, struct pooltoy_cancel_token *token,
			struct parker *parker);
void cancel_watch_end(void *watch);

#endif
