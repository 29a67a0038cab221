/* SPDX-License-Identifier: MIT */
/* connection.h: a client's connection: a line comes in, a worker serves it, an answer goes out. */
#ifndef EPOLL_CONNECTION_H
#define EPOLL_CONNECTION_H

#include "server.h"

/* Takes over a socket that does not block. */
void connection_open(struct server *server, int socket);

/* What came of the operation that the connection, its tag, had under way. */
void connection_completed(const struct pooltoy_completion *completion);

/* The server ends: its completion queue has been closed. */
void connection_close_all(struct server *server);

#endif
