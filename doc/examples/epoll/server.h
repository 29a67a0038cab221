/* SPDX-License-Identifier: MIT */
/* server.h: one thread, one loop, and one completion queue beside the sockets. */
#ifndef EPOLL_SERVER_H
#define EPOLL_SERVER_H

#include <pooltoy.h>

struct connection;
struct listener;
struct loop;

struct server {
	struct loop *loop;
	struct pooltoy_completion_queue *queue; /* of both pools */
	struct pooltoy_pool *doublers, *sessions;
	struct listener *listener;
	struct connection *connections;
	int open, maximum; /* connections whose client has not left */
};

#endif
