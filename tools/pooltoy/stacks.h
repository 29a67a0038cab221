/* SPDX-License-Identifier: MIT */
/* stacks.h: where those threads and child processes are who hold workers, or are in a call, or stuck. */
#ifndef TOOL_STACKS_H
#define TOOL_STACKS_H

#include "server.h"

#include <stdio.h>

enum { ALL_WORKERS = -1 };

/*
 * Takes them, of one pool (NULL: all) and one worker of it (ALL_WORKERS), by a debugger: the server, and then
 * each child process, stands still meanwhile. An array of objects with process (of a child's), thread, label, pool,
 * worker and frames, which is the caller's; NULL: there are none to be had. *status is an exit status; `why` says what is wrong, also with some of them; it is empty if all
 * is well.
 */
json_t *stacks_take(struct server *server, const char *pool, long worker, int *status, char *why,
		    size_t size);
/* The same, written as text: an exit status. */
int stacks_write(FILE *file, struct server *server, const char *pool, long worker, char *why,
		 size_t size);

#endif
