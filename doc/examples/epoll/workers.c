/* SPDX-License-Identifier: MIT */
/* workers.c: workers that compute. Ones that block, on a database, are used the same way. */
#include "workers.h"

#include <stdlib.h>

static int double_it(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	long number = 2 * *(const long *)request;

	(void)state;
	(void)length;
	return pooltoy_reply(self, &number, sizeof number);
}

const struct pooltoy_worker_ops doubler = POOLTOY_WORKER_OPS(.handle_call = double_it);

static int session_init(struct pooltoy_worker *self, void *argument, void **state)
{
	(void)self;
	(void)argument;
	*state = calloc(1, sizeof(long));
	return *state ? 0 : POOLTOY_ENOMEM;
}

static int session_call(struct pooltoy_worker *self, void *state, const void *bytes, size_t length)
{
	const struct session_request *request = bytes;
	long *sum = state, reply;

	(void)length;
	if (request->what == SESSION_ADD)
		*sum += request->number;
	reply = *sum;
	if (request->what == SESSION_END)
		*sum = 0;
	return pooltoy_reply(self, &reply, sizeof reply);
}

/* After a session that was broken off. */
static int session_reset(struct pooltoy_worker *self, void *state)
{
	(void)self;
	*(long *)state = 0;
	return 0;
}

static void session_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	(void)self;
	(void)reason;
	free(state);
}

const struct pooltoy_worker_ops session =
	POOLTOY_WORKER_OPS(.init = session_init, .handle_call = session_call,
			   .reset = session_reset, .terminate = session_terminate);
