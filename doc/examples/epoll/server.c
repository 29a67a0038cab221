/* SPDX-License-Identifier: MIT */
/* server.c: a plain epoll server whose only thread never waits for a worker. */
#include "connection.h"
#include "workers.h"

#include <arpa/inet.h>
#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 64, BATCH = 64 };

static void watch(struct server *server, int descriptor, struct watched *watched)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = watched };

	if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, descriptor, &event))
		err(1, "epoll_ctl");
}

/* Newcomers. */

struct listener {
	struct watched watched; /* the first member */
	int socket;
};

static void take_newcomer(struct server *server, struct watched *watched, uint32_t events)
{
	int socket = accept4(((struct listener *)watched)->socket, NULL, NULL,
			     SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (socket >= 0)
		connection_open(server, socket);
}

static void listener_open(struct listener *listener, uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;

	listener->watched.ready = take_newcomer;
	listener->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener->socket < 0 || bind(listener->socket, (struct sockaddr *)&address, size) ||
	    listen(listener->socket, SOMAXCONN) ||
	    getsockname(listener->socket, (struct sockaddr *)&address, &size))
		err(1, "port %u", port);
	printf("127.0.0.1 %u\n", ntohs(address.sin_port));
	fflush(stdout);
}

/* The end. */

struct signals {
	struct watched watched; /* the first member */
	int descriptor;
	bool asked_to_stop;
};

static void asked_to_stop(struct server *server, struct watched *watched, uint32_t events)
{
	(void)server;
	(void)events;
	((struct signals *)watched)->asked_to_stop = true;
}

static void signals_open(struct signals *signals)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals->watched.ready = asked_to_stop;
	signals->descriptor = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals->descriptor < 0)
		err(1, "signalfd");
}

/* The loop. */

static void drain(struct server *server)
{
	const struct pooltoy_completion *batch[BATCH];
	int count;

	do {
		count = pooltoy_completion_queue_drain(server->queue, batch, BATCH);
		for (int i = 0; i < count; i++) {
			connection_completed(batch[i]);
			pooltoy_completion_release(batch[i]);
		}
	} while (count == BATCH);
}

static void loop(struct server *server, const struct signals *signals)
{
	struct epoll_event events[EVENTS];

	while (!signals->asked_to_stop) {
		int count = epoll_wait(server->epoll, events, EVENTS, -1);

		for (int i = 0; i < count; i++) {
			struct watched *watched = events[i].data.ptr;

			if (watched) /* else it is the completion queue */
				watched->ready(server, watched, events[i].events);
		}
		/* After the sockets' events: a connection may end with its completion. */
		drain(server);
	}
}

int main(int argc, char **argv)
{
	struct pooltoy_supervisor *sup;
	struct server server = { .epoll = epoll_create1(EPOLL_CLOEXEC) };
	struct listener listener;
	struct signals signals = { .asked_to_stop = false };
	int stopped;

	signals_open(&signals);
	if (server.epoll < 0)
		err(1, "epoll");
	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup,
			       POOLTOY_POOL_SPEC(.name = "doublers", .worker = &doubler, .size = 2),
			       &server.doublers) ||
	    pooltoy_start_pool(sup,
			       POOLTOY_POOL_SPEC(.name = "sessions", .worker = &session, .size = 2),
			       &server.sessions) ||
	    pooltoy_completion_queue_open(&server.queue))
		errx(1, "%s", pooltoy_last_error());
	listener_open(&listener, argc > 1 ? (uint16_t)strtoul(argv[1], NULL, 10) : 0);
	watch(&server, listener.socket, &listener.watched);
	watch(&server, signals.descriptor, &signals.watched);
	watch(&server, pooltoy_completion_queue_fd(server.queue), NULL);
	loop(&server, &signals);

	pooltoy_completion_queue_close(server.queue); /* whatever is under way has no completion */
	connection_close_all(&server);
	close(listener.socket);
	close(signals.descriptor);
	close(server.epoll);
	pooltoy_pool_release(server.sessions);
	pooltoy_pool_release(server.doublers);
	stopped = pooltoy_supervisor_stop(sup, 5000);
	if (stopped)
		errx(1, "%s", pooltoy_last_error());
	return 0;
}
