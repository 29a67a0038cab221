/* SPDX-License-Identifier: MIT */
/* connection.c: a connection has one operation under way at most, and outlives it. */
#include "connection.h"
#include "workers.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINE = 128, PATIENCE = 30000 /* ms */, CALL = 1000 };

struct connection {
	struct watched watched; /* the first member */
	struct server *server;
	struct connection *previous, *next;
	int socket;                    /* -1: the client has left */
	struct pooltoy_client *client; /* has the session: that ends with the connection */
	struct pooltoy_lease session;
	bool in_session, ending;
	bool busy; /* `pending` is under way */
	struct pooltoy_pending pending;
	char in[LINE], out[LINE];
	size_t in_length, out_length;
};

/* Its end. */

static void forget(struct connection *connection)
{
	if (connection->previous)
		connection->previous->next = connection->next;
	else
		connection->server->connections = connection->next;
	if (connection->next)
		connection->next->previous = connection->previous;
	free(connection);
}

static void hang_up(struct connection *connection)
{
	close(connection->socket); /* and out of epoll */
	connection->socket = -1;
	pooltoy_client_close(connection->client);
}

/* The client has left. */
static void lose(struct connection *connection)
{
	hang_up(connection);
	if (!connection->busy) {
		forget(connection);
		return;
	}
	/* A checkout that waits is not to take a worker for nobody. Whatever is faster, there will be a
	 * completion, and the connection is its tag: it is forgotten then. */
	pooltoy_pending_cancel(&connection->pending);
}

void connection_close_all(struct server *server)
{
	struct connection *connection, *next;

	for (connection = server->connections; connection; connection = next) {
		next = connection->next;
		if (connection->socket >= 0)
			hang_up(connection);
		forget(connection);
	}
}

/* Answers. */

static void answer(struct connection *connection, const char *text)
{
	connection->out_length = (size_t)snprintf(connection->out, LINE, "%s\n", text);
}

static void answer_error(struct connection *connection, int code)
{
	char text[LINE / 2];

	snprintf(text, sizeof text, "error: %s", pooltoy_strerror(code));
	answer(connection, text);
}

static void answer_number(struct connection *connection, const void *reply)
{
	char text[24];

	snprintf(text, sizeof text, "%ld", *(const long *)reply);
	answer(connection, text);
}

/* False: the client has left. */
static bool flush(struct connection *connection)
{
	ssize_t sent =
		send(connection->socket, connection->out, connection->out_length, MSG_NOSIGNAL);

	if (sent < 0)
		return errno == EAGAIN || errno == EINTR;
	connection->out_length -= (size_t)sent;
	memmove(connection->out, connection->out + sent, connection->out_length);
	return true;
}

/* Requests. */

static int serve_begin(struct connection *connection)
{
	struct server *server = connection->server;

	if (connection->in_session)
		return POOLTOY_EBUSY;
	return pooltoy_checkout_start(server->queue, server->sessions, connection->client, PATIENCE,
				      connection, &connection->pending);
}

static int serve_in_session(struct connection *connection, struct session_request request)
{
	int code;

	if (!connection->in_session)
		return POOLTOY_ENOENT;
	connection->ending = request.what == SESSION_END;
	code = pooltoy_call_start(connection->server->queue, &connection->session, &request,
				  sizeof request, CALL, connection, &connection->pending);
	connection->in_session = code != POOLTOY_ESTALE; /* its worker has died meanwhile */
	return code;
}

/* Whether the line is that word and a number. */
static bool is_with_number(const char *line, const char *word, long *number)
{
	size_t length = strlen(word);
	char *end;

	if (strncmp(line, word, length) != 0)
		return false;
	*number = strtol(line + length, &end, 10);
	return end != line + length && *end == 0;
}

static void serve(struct connection *connection, const char *line)
{
	struct server *server = connection->server;
	long number;
	int code = POOLTOY_EINVAL;

	if (is_with_number(line, "double ", &number))
		code = pooltoy_submit_start(server->queue, server->doublers, &number, sizeof number,
					    connection, &connection->pending);
	else if (is_with_number(line, "add ", &number))
		code = serve_in_session(connection,
					(struct session_request){ SESSION_ADD, number });
	else if (!strcmp(line, "begin"))
		code = serve_begin(connection);
	else if (!strcmp(line, "end"))
		code = serve_in_session(connection, (struct session_request){ SESSION_END, 0 });
	if (code)
		answer_error(connection, code);
	else
		connection->busy = true;
}

/* The first line that has come in, taken out of the buffer. */
static bool take_line(struct connection *connection, char line[LINE])
{
	char *end = memchr(connection->in, '\n', connection->in_length);
	size_t length;

	if (!end)
		return false;
	*end++ = 0;
	length = (size_t)(end - connection->in);
	memcpy(line, connection->in, length);
	connection->in_length -= length;
	memmove(connection->in, end, connection->in_length);
	return true;
}

/* Serves what has come in, as far as that goes without waiting; then says what to wait for. */
static void go_on(struct connection *connection)
{
	struct epoll_event event = { .events = EPOLLRDHUP, .data.ptr = &connection->watched };
	char line[LINE];

	do {
		if (connection->out_length > 0 && !flush(connection)) {
			lose(connection);
			return;
		}
		if (connection->busy || connection->out_length > 0 || !take_line(connection, line))
			break;
		serve(connection, line);
	} while (true);
	if (connection->out_length > 0)
		event.events |= EPOLLOUT;
	else if (!connection->busy)
		event.events |= EPOLLIN;
	epoll_ctl(connection->server->epoll, EPOLL_CTL_MOD, connection->socket, &event);
}

static void session_replied(struct connection *connection,
			    const struct pooltoy_completion *completion)
{
	if (connection->ending || completion->code == POOLTOY_ECRASHED) {
		connection->in_session = false;
		pooltoy_checkin(&connection->session);
	}
}

void connection_completed(const struct pooltoy_completion *completion)
{
	struct connection *connection = completion->tag;

	connection->busy = false;
	if (connection->socket < 0) {
		forget(connection); /* and what it got ended with its client */
		return;
	}
	if (completion->type == POOLTOY_COMPLETION_CALL)
		session_replied(connection, completion);
	if (completion->code) {
		answer_error(connection, completion->code);
	} else if (completion->type == POOLTOY_COMPLETION_CHECKOUT) {
		connection->session = completion->lease;
		connection->in_session = true;
		answer(connection, "ok");
	} else {
		answer_number(connection, completion->reply);
	}
	go_on(connection);
}

/* Sockets. */

static void receive(struct connection *connection)
{
	size_t room = LINE - connection->in_length;
	ssize_t length = recv(connection->socket, connection->in + connection->in_length, room, 0);

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (length <= 0) { /* or there is no room: a line that is too long */
		lose(connection);
		return;
	}
	connection->in_length += (size_t)length;
	go_on(connection);
}

static void ready(struct server *server, struct watched *watched, uint32_t events)
{
	struct connection *connection = (struct connection *)watched;

	(void)server;
	if (events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP))
		lose(connection);
	else if (events & EPOLLIN)
		receive(connection);
	else
		go_on(connection);
}

void connection_open(struct server *server, int socket)
{
	struct connection *connection = calloc(1, sizeof *connection);
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP };

	if (!connection || pooltoy_client_open("connection", &connection->client)) {
		close(socket);
		free(connection);
		return;
	}
	connection->watched.ready = ready;
	connection->server = server;
	connection->socket = socket;
	connection->next = server->connections;
	if (connection->next)
		connection->next->previous = connection;
	server->connections = connection;
	event.data.ptr = &connection->watched;
	if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, socket, &event))
		lose(connection);
}
