/* SPDX-License-Identifier: MIT */
/* cancel_token.c: a flag, and who is to be woken when it is set. */
#include "cancel_token.h"
#include "error.h"

#include <assert.h>

int cancel_token_check_fork(const struct pooltoy_cancel_token *token)
{
	if (!token || token->fork_epoch == sync_fork_epoch())
		return POOLTOY_OK;
	return error_set(POOLTOY_EFORKED, "cancel token: it is from before fork()");
}

static void put_in_locked(struct cancel_watch *watch)
{
	struct pooltoy_cancel_token *token = watch->token;

	watch->next = token->watches;
	if (watch->next)
		watch->next->previous = watch;
	token->watches = watch;
}

static void take_out_locked(struct cancel_watch *watch)
{
	if (watch->previous)
		watch->previous->next = watch->next;
	else
		watch->token->watches = watch->next;
	if (watch->next)
		watch->next->previous = watch->previous;
	watch->previous = watch->next = NULL;
}

/* Those with a thread. */

bool cancel_watch_begin(struct cancel_watch *watch, struct pooltoy_cancel_token *token,
			struct parker *parker)
{
	bool cancelled;

	*watch = (struct cancel_watch){ .token = token, .parker = parker };
	sync_mutex_lock(&token->lock);
	cancelled = sync_load(&token->cancelled, relaxed);
	if (!cancelled)
		put_in_locked(watch);
	sync_mutex_unlock(&token->lock);
	return !cancelled;
}

void cancel_watch_end(void *argument)
{
	struct cancel_watch *watch = argument;

	sync_mutex_lock(&watch->token->lock);
	take_out_locked(watch);
	sync_mutex_unlock(&watch->token->lock);
}

/* Those without. */

enum cancel_watch_result cancel_watch_set(struct cancel_watch *watch)
{
	struct pooltoy_cancel_token *token = watch->token;
	enum cancel_watch_result result = CANCEL_WATCH_SET;

	sync_mutex_lock(&token->lock);
	if (watch->over)
		result = CANCEL_WATCH_OVER;
	else if (sync_load(&token->cancelled, relaxed))
		result = CANCEL_WATCH_CANCELLED;
	if (result == CANCEL_WATCH_SET) {
		watch->set = true;
		put_in_locked(watch);
	}
	sync_mutex_unlock(&token->lock);
	return result;
}

bool cancel_watch_drop(struct cancel_watch *watch)
{
	bool was_set;

	sync_mutex_lock(&watch->token->lock);
	was_set = watch->set;
	if (was_set)
		take_out_locked(watch);
	watch->set = false;
	watch->over = true;
	sync_mutex_unlock(&watch->token->lock);
	return was_set;
}

/* Wakes who has a thread, and takes out who has none: those, by `next`. */
static struct cancel_watch *take_threadless_locked(struct pooltoy_cancel_token *token)
{
	struct cancel_watch *taken = NULL, *watch, *next;

	for (watch = token->watches; watch; watch = next) {
		next = watch->next;
		if (watch->parker) {
			parker_unpark(watch->parker);
			continue;
		}
		take_out_locked(watch);
		watch->set = false;
		watch->next = taken;
		taken = watch;
	}
	return taken;
}

/* The token. */

void cancel_token_ref(struct pooltoy_cancel_token *token)
{
	sync_fetch_add(&token->references, 1, relaxed);
}

void cancel_token_unref(struct pooltoy_cancel_token *token)
{
	if (sync_fetch_sub(&token->references, 1, acq_rel) > 1)
		return;
	assert(!token->watches); /* nor does any thread wait that was given it */
	sync_mutex_destroy(&token->lock);
	sync_free(token);
}

int pooltoy_cancel_token_open(struct pooltoy_cancel_token **token)
{
	struct pooltoy_cancel_token *opened;

	if (!token)
		return error_set(POOLTOY_EINVAL, "cancel token: NULL for the handle");
	opened = sync_alloc(sizeof *opened);
	if (!opened || sync_mutex_init(&opened->lock, RANK_CANCEL)) {
		sync_free(opened);
		return error_set(POOLTOY_ENOMEM, "cancel token: no memory");
	}
	opened->fork_epoch = sync_fork_epoch();
	atomic_init(&opened->references, 1);
	atomic_init(&opened->cancelled, false);
	*token = opened;
	return POOLTOY_OK;
}

void pooltoy_cancel_token_cancel(struct pooltoy_cancel_token *token)
{
	struct cancel_watch *watch, *next;

	if (!token || token->fork_epoch != sync_fork_epoch())
		return;
	sync_mutex_lock(&token->lock);
	sync_store(&token->cancelled, true, release);
	watch = take_threadless_locked(token);
	sync_mutex_unlock(&token->lock);
	for (; watch; watch = next) {
		next = watch->next;
		/* The last that is seen of it; the token may be closed by then. */
		watch->cancelled(watch);
	}
}

void pooltoy_cancel_token_close(struct pooltoy_cancel_token *token)
{
	if (!token || token->fork_epoch != sync_fork_epoch())
		return;
	cancel_token_unref(token);
}
