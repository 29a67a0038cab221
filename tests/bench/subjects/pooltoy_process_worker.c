/* SPDX-License-Identifier: MIT */
/* pooltoy_process_worker.c: what the child processes load: a worker that echoes. */
#include "subjects/pooltoy_process.h"
#include "scenarios/measure.h"

static int init(struct pooltoy_worker *self, void *argument, void **state)
{
	(void)self;
	*state = argument;
	return 0;
}

static int echo(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	(void)state;
	return pooltoy_reply(self, request, length);
}

const struct pooltoy_worker_ops process_worker =
	POOLTOY_WORKER_OPS(.init = init, .handle_call = echo);

static int init_apart(struct pooltoy_worker *self, void *argument, void **state)
{
	pin_to(1);
	return init(self, argument, state);
}

const struct pooltoy_worker_ops process_worker_apart =
	POOLTOY_WORKER_OPS(.init = init_apart, .handle_call = echo);
