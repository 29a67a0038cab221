/* SPDX-License-Identifier: MIT */
/* service.h: a pool as the server's threads use it: one request, one reply, and what a crash means.
 */
#ifndef SEARCHD_SERVICE_H
#define SEARCHD_SERVICE_H

#include <pooltoy.h>

#include "counters.h"
#include "events.h"

struct service {
	const char *name;
	struct pooltoy_pool *pool;
	struct counters counters;    /* requests, as the server's threads see them */
	struct pool_history history; /* crashes and restarts, as the supervisor tells them */
};

/* What to do about a request whose worker died while it may have been at work on it. */
enum after_crash {
	RUN_AGAIN,   /* once, on another worker: for what changes nothing */
	TELL_CLIENT, /* POOLTOY_ECRASHED: the client alone knows if it may be run twice */
};

/* A reply: bytes, the caller's to free. */
struct reply {
	char *bytes;
	size_t length;
};

/*
 * Has a worker of the pool run one request. Returns 0, the handler's own code, or one of the
 * library's; reply->bytes may be set in any case, and is always NULL or to be freed.
 */
int service_call(struct service *service, const void *request, size_t length,
		 enum after_crash after_crash, struct reply *reply);

#endif
