/* SPDX-License-Identifier: MIT */
/* listener.c: who is not accepted costs nothing, and is served when others have left. */
#include "listener.h"
#include "connection.h"
#include "loop.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct listener {
	int socket;
	struct watch *watch;
	char address[sizeof((struct sockaddr_un *)0)->sun_path]; /* a path, or a port */
};

static bool is_path(const char *address)
{
	return strchr(address, '/');
}

static void bind_port(struct listener *listener, const char *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	int yes = 1;

	if (setsockopt(listener->socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) ||
	    bind(listener->socket, (struct sockaddr *)&address, size) ||
	    getsockname(listener->socket, (struct sockaddr *)&address, &size))
		err(1, "port %s", port);
	snprintf(listener->address, sizeof listener->address, "%u", ntohs(address.sin_port));
}

static void bind_path(struct listener *listener, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof address.sun_path)
		errx(1, "%s: too long for a socket", path);
	memcpy(listener->address, path, strlen(path)); /* the rest is 0 */
	memcpy(address.sun_path, path, strlen(path));
	if (bind(listener->socket, (struct sockaddr *)&address, sizeof address))
		err(1, "%s", path);
}

/* An accept that fails for these would be tried again and again: the newcomer is still there. */
static bool is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* One at a time: others have their turn in between. */
static void take_newcomer(void *owner, unsigned events)
{
	struct server *server = owner;
	int socket = accept4(server->listener->socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (socket >= 0)
		connection_open(server, socket);
	else if (is_shortage(errno) && server->open > 0)
		watch_change(server->listener->watch, 0); /* until somebody leaves */
}

void listener_look(struct server *server)
{
	watch_change(server->listener->watch, server->open < server->maximum ? WATCH_READ : 0);
}

void listener_open(struct server *server, const char *address)
{
	struct listener *listener = calloc(1, sizeof *listener);
	bool on_path = is_path(address);

	if (!listener)
		err(1, "listener");
	listener->socket =
		socket(on_path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener->socket < 0)
		err(1, "socket");
	if (on_path)
		bind_path(listener, address);
	else
		bind_port(listener, address);
	listener->watch =
		watch_open(server->loop, listener->socket, WATCH_READ, take_newcomer, server);
	if (!listener->watch || listen(listener->socket, SOMAXCONN))
		err(1, "%s", address);
	server->listener = listener;
}

const char *listener_address(const struct server *server)
{
	return server->listener->address;
}

void listener_close(struct server *server)
{
	struct listener *listener = server->listener;

	watch_close(listener->watch);
	close(listener->socket);
	if (is_path(listener->address))
		unlink(listener->address);
	free(listener);
}
