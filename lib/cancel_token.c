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

bool cancel_watch_begin(struct cancel_watch *watch, struct pooltoy_cancel_token *token,
			struct parker *parker)
{
	bool cancelled;

	*watch = (struct cancel_watch){ .token = token, .parker = parker };
	sync_mutex_lock(&token->lock);
	cancelled = sync_load(&token->cancelled, relaxed);
	if (!cancelled) {
		watch->next = token->watches;
		if (watch->next)
			watch->next->previous = watch;
		token->watches = watch;
	}
	sync_mutex_unlock(&token->lock);
	return !cancelled;
}

void cancel_watch_end(void *argument)
{
	struct cancel_watch *watch = argument;
	struct pooltoy_cancel_token *token = watch->token;

	sync_mutex_lock(&token->lock);
	if (watch->previous)
		watch->previous->next = watch->next;
	else
		token->watches = watch->next;
	if (watch->next)
		watch->next->previous = watch->previous;
	sync_mutex_unlock(&token->lock);
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
	atomic_init(&opened->cancelled, false);
	*token = opened;
	return POOLTOY_OK;
}

void pooltoy_cancel_token_cancel(struct pooltoy_cancel_token *token)
{
	struct cancel_watch *watch;

	if (!token || token->fork_epoch != sync_fork_epoch())
		return;
	sync_mutex_lock(&token->lock);
	sync_store(&token->cancelled, true, release);
	for (watch = token->watches; watch; watch = watch->next)
		parker_unpark(watch->parker);
	sync_mutex_unlock(&token->lock);
}

void pooltoy_cancel_token_close(struct pooltoy_cancel_token *token)
{
	if (!token || token->fork_epoch != sync_fork_epoch())
		return;
	assert(!token->watches);
	sync_mutex_destroy(&token->lock);
	sync_free(token);
}
