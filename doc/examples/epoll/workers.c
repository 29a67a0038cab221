/* SPDX-License-Identifier: MIT */
/* workers.c: workers that compute. Ones that block, on a database, are used the same way. */
#include "workers.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

static int double_it(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	long number = 2 * *(const long *)request;

	(void)state;
	(void)length;
	return pooltoy_reply(self, &number, sizeof number);
}

const struct pooltoy_worker_ops doubler = POOLTOY_WORKER_OPS(.handle_call = double_it);

/* Sessions. */

struct sum {
	long value;
	pthread_mutex_t lock;
	pthread_cond_t interrupted;
};

static int session_init(struct pooltoy_worker *self, void *argument, void **state)
{
	struct sum *sum = calloc(1, sizeof *sum);

	(void)self;
	(void)argument;
	if (!sum)
		return POOLTOY_ENOMEM;
	pthread_mutex_init(&sum->lock, NULL);
	pthread_cond_init(&sum->interrupted, NULL);
	*state = sum;
	return 0;
}

/* Its caller is gone, or has given up, or the worker is to end: nobody needs the rest. */
static bool is_unwanted(const struct pooltoy_worker *self)
{
	return pooltoy_worker_time_left(self) == 0 || pooltoy_worker_stopping(self);
}

static void rest(const struct pooltoy_worker *self, struct sum *sum, long ms)
{
	struct timespec end;
	int timed_out = 0;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += ms / 1000;
	end.tv_nsec += ms % 1000 * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&sum->lock);
	while (!timed_out && !is_unwanted(self))
		timed_out = pthread_cond_timedwait(&sum->interrupted, &sum->lock, &end);
	pthread_mutex_unlock(&sum->lock);
}

/* On another thread, when a call is cancelled or has lasted too long. */
static void session_interrupt(struct pooltoy_worker *self, void *state)
{
	struct sum *sum = state;

	(void)self;
	pthread_mutex_lock(&sum->lock);
	pthread_cond_signal(&sum->interrupted);
	pthread_mutex_unlock(&sum->lock);
}

static int session_call(struct pooltoy_worker *self, void *state, const void *bytes, size_t length)
{
	const struct session_request *request = bytes;
	struct sum *sum = state;
	long reply;

	(void)length;
	if (request->verb == SESSION_ADD)
		sum->value += request->number;
	else if (request->verb == SESSION_REST)
		rest(self, sum, request->number);
	reply = sum->value;
	if (request->verb == SESSION_END)
		sum->value = 0;
	return pooltoy_reply(self, &reply, sizeof reply);
}

/* After a session that was broken off. */
static int session_reset(struct pooltoy_worker *self, void *state)
{
	(void)self;
	((struct sum *)state)->value = 0;
	return 0;
}

static void session_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	struct sum *sum = state;

	(void)self;
	(void)reason;
	pthread_cond_destroy(&sum->interrupted);
	pthread_mutex_destroy(&sum->lock);
	free(sum);
}

const struct pooltoy_worker_ops session =
	POOLTOY_WORKER_OPS(.init = session_init, .handle_call = session_call,
			   .reset = session_reset, .interrupt = session_interrupt,
			   .terminate = session_terminate);
