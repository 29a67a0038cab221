/* SPDX-License-Identifier: MIT */
/* actor.c: an actor does as it is told, and notices what is not as it should be. */
#include "faults/actor.h"

#include "faults/promise.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define USE(function) (promise_used(#function), function)

struct actor {
	struct account *account;
	atomic_int busy;
};

/* A server's signals are its own threads' affair. */
static int is_open_to_signals(void)
{
	sigset_t blocked;

	pthread_sigmask(SIG_BLOCK, NULL, &blocked);
	return !sigismember(&blocked, SIGUSR1) || sigismember(&blocked, SIGSEGV);
}

static void enter(struct actor *actor)
{
	if (actor->busy++)
		actor->account->wrongs++;
}

static int actor_init(struct pooltoy_worker *self, void *argument, void **state)
{
	struct account *account = argument;
	struct actor *actor = calloc(1, sizeof *actor);

	if (!actor)
		return POOLTOY_ENOMEM;
	actor->account = account;
	*state = actor;
	account->inits++;
	if (is_open_to_signals() || USE(pooltoy_worker_index)(self) > 1000 ||
	    strcmp(USE(pooltoy_worker_pool_name)(self),
		   pooltoy_pool_name(USE(pooltoy_worker_pool)(self))) != 0)
		account->wrongs++;
	return 0;
}

static void actor_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	struct actor *actor = state;

	(void)self;
	(void)reason;
	enter(actor);
	actor->account->terminates++;
	free(actor);
}

static int recite(struct pooltoy_worker *self, size_t length)
{
	void *lines = calloc(1, length);
	int code = lines ? USE(pooltoy_reply)(self, lines, length)
			 : pooltoy_reply_error(self, POOLTOY_ENOMEM);

	free(lines);
	return code;
}

static int act(struct pooltoy_worker *self, const void *request, size_t length)
{
	struct cue cue = { ACT_DOUBLE, 0 };
	int doubled;

	memcpy(&cue, request, length < sizeof cue ? length : sizeof cue);
	doubled = 2 * cue.number;
	switch (cue.act) {
	case ACT_RECITE:
		return recite(self, (size_t)cue.number);
	case ACT_REFUSE:
		return USE(pooltoy_reply_error)(self, POOLTOY_EUSER);
	case ACT_BREAK:
		return USE(pooltoy_worker_fail)(self, "broken on cue");
	case ACT_WALK_OFF:
		USE(pooltoy_worker_exit)(self, "walked off");
	default:
		return USE(pooltoy_reply)(self, &doubled, sizeof doubled);
	}
}

static void leave(void *state)
{
	struct actor *actor = state;

	actor->busy--;
}

static int actor_call(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	int code;

	enter(state);
	pthread_cleanup_push(leave, state);
	USE(pooltoy_worker_time_left)(self);
	USE(pooltoy_worker_stopping)(self);
	code = act(self, request, length);
	pthread_cleanup_pop(1);
	return code;
}

static int actor_cast(struct pooltoy_worker *self, void *state, const void *message, size_t length)
{
	(void)self;
	(void)message;
	(void)length;
	enter(state);
	leave(state);
	return 0;
}

static int actor_reset(struct pooltoy_worker *self, void *state)
{
	return actor_cast(self, state, NULL, 0);
}

static void actor_interrupt(struct pooltoy_worker *self, void *state)
{
	(void)self;
	(void)state;
}

const struct pooltoy_worker_ops actor_ops =
	POOLTOY_WORKER_OPS(.init = actor_init, .handle_call = actor_call, .handle_cast = actor_cast,
			   .reset = actor_reset, .interrupt = actor_interrupt,
			   .terminate = actor_terminate);

void actor_release(void *argument)
{
	struct account *account = argument;

	account->releases++;
}
