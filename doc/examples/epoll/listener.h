/* SPDX-License-Identifier: MIT */
/* listener.h: newcomers, as many as there may be; others wait in the kernel's queue. */
#ifndef EPOLL_LISTENER_H
#define EPOLL_LISTENER_H

#include "server.h"

/* On a Unix socket if `address` has a slash, else on a port of 127.0.0.1, by "0" on any. Ends the program if
 * that fails. */
void listener_open(struct server *server, const char *address);

/* Where it is, in the same form. */
const char *listener_address(const struct server *server);

/* After server->open has changed: goes on accepting, or stops. */
void listener_look(struct server *server);

void listener_close(struct server *server);

#endif
