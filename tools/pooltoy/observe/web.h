/* SPDX-License-Identifier: MIT */
/* web.h: the page over HTTP: its files, the stream of what is seen, metrics, stacks. Nothing is changed by a request. */
#ifndef OBSERVE_WEB_H
#define OBSERVE_WEB_H

#include "stream.h"
#include "watch.h"

#include <netinet/in.h>
#include <stdatomic.h>

struct MHD_Daemon;

enum {
	WEB_CONNECTIONS = 96,
	WEB_READERS = 64,      /* of the stream */
	WEB_PATIENCE_S = 15,   /* for who takes nothing; on a busy machine all are slow */
	WEB_UNREAD = 64 * 1024 /* bytes that may be on their way to a reader */
};

struct web {
	struct watch *watch;
	struct stream *stream;
	const char *names[3]; /* of this host, besides its own; ended by NULL */
	struct MHD_Daemon *daemon;
	atomic_uint readers;
};

/* Binds to the address, and serves. False: errno says why. */
bool web_start(struct web *web, const struct sockaddr *address);
unsigned web_port(const struct web *web);
/* The stream must have been ended. */
void web_stop(struct web *web);

#endif
