/* SPDX-License-Identifier: MIT */
/* tokens.c: counting semaphores that sanitizers can follow. */
#include "scenario/support.h"

void tokens_init(struct tokens *tokens)
{
	pthread_mutex_init(&tokens->lock, NULL);
	monotonic_cond_init(&tokens->more);
	tokens->count = 0;
}

void tokens_destroy(struct tokens *tokens)
{
	pthread_cond_destroy(&tokens->more);
	pthread_mutex_destroy(&tokens->lock);
}

void tokens_put(struct tokens *tokens)
{
	pthread_mutex_lock(&tokens->lock);
	tokens->count++;
	pthread_cond_signal(&tokens->more);
	pthread_mutex_unlock(&tokens->lock);
}

static void unlock(void *lock)
{
	pthread_mutex_unlock(lock);
}

void tokens_take(struct tokens *tokens)
{
	pthread_mutex_lock(&tokens->lock);
	pthread_cleanup_push(unlock, &tokens->lock);
	while (!tokens->count)
		pthread_cond_wait(&tokens->more, &tokens->lock);
	tokens->count--;
	pthread_cleanup_pop(1);
}

bool tokens_take_soon(struct tokens *tokens)
{
	struct timespec until = soon();
	int failed = 0;
	bool taken;

	pthread_mutex_lock(&tokens->lock);
	while (!tokens->count && !failed)
		failed = pthread_cond_timedwait(&tokens->more, &tokens->lock, &until);
	taken = tokens->count > 0;
	tokens->count -= taken;
	pthread_mutex_unlock(&tokens->lock);
	return taken;
}

bool tokens_try(struct tokens *tokens)
{
	bool taken;

	pthread_mutex_lock(&tokens->lock);
	taken = tokens->count > 0;
	tokens->count -= taken;
	pthread_mutex_unlock(&tokens->lock);
	return taken;
}
