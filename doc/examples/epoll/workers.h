/* SPDX-License-Identifier: MIT */
/* workers.h: those of the two pools. */
#ifndef EPOLL_WORKERS_H
#define EPOLL_WORKERS_H

#include <pooltoy.h>

/* Twice a number, a long; any worker will do. */
extern const struct pooltoy_worker_ops doubler;

/* The sum of a session's numbers, so far or in the end. */
struct session_request {
	enum session_verb {
		SESSION_ADD,
		SESSION_REST, /* so many milliseconds, as a slow query would */
		SESSION_END
	} verb;
	long number;
};
extern const struct pooltoy_worker_ops session;

#endif
