/* SPDX-License-Identifier: MIT */
/* server.h: one thread, one epoll instance, and one completion queue beside the sockets. */
#ifndef EPOLL_SERVER_H
#define EPOLL_SERVER_H

#include <stdint.h>
#include <pooltoy.h>

struct connection;

struct server {
	int epoll;
	struct pooltoy_completion_queue *queue; /* of both pools */
	struct pooltoy_pool *doublers, *sessions;
	struct connection *connections;
};

/* What a descriptor's events are for. */
struct watched {
	void (*ready)(struct server *server, struct watched *watched, uint32_t events);
};

#endif
