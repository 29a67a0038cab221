/* SPDX-License-Identifier: MIT */
/* server.h: the one thread that serves a control socket. */
#ifndef POOLTOY_CONTROL_SERVER_H
#define POOLTOY_CONTROL_SERVER_H

#include "address.h"
#include "conversation.h"
#include "feed.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum {
	SERVER_CONNECTIONS = 64,
	SERVER_PATIENCE_MS = 5000, /* for a reader who takes nothing of what is sent */
	SERVER_PAUSE_MS = 100      /* between tries to accept, when there are no descriptors */
};

struct connection {
	int fd;            /* -1: vacant */
	bool deaf;         /* the peer sends nothing more */
	uint64_t since_ms; /* when it last took something, or had nothing to take */
	struct conversation conversation;
};

struct server {
	struct address address;
	struct feed feed;
	atomic_bool stop;
	pthread_mutex_t lock; /* guards the next; held while a request is answered */
	struct pooltoy_supervisor *supervisor; /* NULL: it is being stopped */

	/* The thread's own. */
	struct connection connections[SERVER_CONNECTIONS];
	uint64_t paused_until_ms; /* no connections are accepted */
};

/* Serves until `stop` is set and the feed is woken; sends what is there to be sent, and returns. */
void server_run(struct server *server);

#endif
