/* SPDX-License-Identifier: MIT */
/* pooltoy_process_worker.c: what the child processes load: a worker that echoes. */
#include "subjects/pooltoy_process.h"

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
