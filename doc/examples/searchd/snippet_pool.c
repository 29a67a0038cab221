/* SPDX-License-Identifier: MIT */
/*
 * snippet_pool.c: the pool of those that render, and how the server's threads ask them to.
 *
 * Its workers take apart what strangers send, in C: so they are child processes. What differs from
 * a pool of threads is the word POOLTOY_PROCESS, and that their code is in a shared object.
 */
#include <string.h>

#include "snippet.h"
#include "snippet_pool.h"

int snippet_pool_start(struct server *server)
{
	return pooltoy_start_pool(
		server->supervisor,
		POOLTOY_POOL_SPEC(.name = server->snippet.name, .worker = &snippet_ops,
				  .size = SNIPPET_WORKERS, .isolation = POOLTOY_PROCESS,
				  .max_restarts = MAX_RESTARTS, .restart_period = RESTART_PERIOD_MS,
				  .backoff_min = BACKOFF_MIN_MS, .backoff_max = BACKOFF_MAX_MS),
		&server->snippet.pool);
}

/* A text that has crashed one worker would crash the next: it is not run again. */
int snippet_pool_render(struct server *server, const char *text, struct reply *reply)
{
	return service_call(&server->snippet, text, strlen(text) + 1, TELL_CLIENT, reply);
}
