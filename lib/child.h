/* SPDX-License-Identifier: MIT */
/* child.h: the other end of proxy.h: a worker's callbacks, in a process of its own. */
#ifndef POOLTOY_LIB_CHILD_H
#define POOLTOY_LIB_CHILD_H

#include "channel.h"

#include <pooltoy/error.h>

struct child {
	struct pooltoy_pool
		*pool; /* its name and the worker's ops: all that a worker's functions ask for */
	struct pooltoy_worker *worker;
	struct channel channel;
	struct bytes request;
	struct bytes answer;
	struct parker spinner; /* how long it looks for a request before it sleeps */
	void *argument;
	/* The serial of the request that was last to be interrupted, until somebody sees to it; or NONE_OWED. */
	sync_atomic(uint64_t) owed;
	bool has_spinner, has_parker;
};

/* Of zeroes; false: no memory. By the thread that serves. */
bool child_open(struct child *child, struct channel_shared *shared);

/* Serves requests until one terminates the worker; does not return: sync_served_exit. */
void child_serve(struct child *child);

/* For who goes on after that, in the explorer. */
void child_close(struct child *child);

/* All that the program pooltoy-child does: its exit status. For that program alone. */
POOLTOY_API int pooltoy_child_main(int argc, char **argv);

#endif
