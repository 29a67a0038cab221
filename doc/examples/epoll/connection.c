/* SPDX-License-Identifier: MIT */
/*
 * connection.c: a connection is a client of the pools. It may be in a session, for which it holds a worker,
 * and has one operation under way at most, whose tag it is:
 *
 *	                     no session               in a session
 *	nothing under way    is read                  is read
 *	a task               waits for any doubler    the same
 *	a checkout           waits for a worker       (never)
 *	a call               (never)                  its worker is at work
 *
 * Whatever of that it is in as its client leaves, two things have to be done: what is under way is cancelled,
 * and the client is closed, by which the worker goes back. What was under way has one completion all the same,
 * and the connection is there until that has come.
 *
 * It is read only while nothing is under way and its client has taken all answers. So there is one answer at
 * most, a buffer of one line is enough, and who asks faster than it listens is slowed down by its own socket.
 */
#include "connection.h"
#include "listener.h"
#include "loop.h"
#include "protocol.h"
#include "workers.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE = 60000 /* ms */, CALL = 60000 };

struct connection {
	struct server *server;
	struct connection *previous, *next;
	int socket; /* -1: the client has left */
	struct watch *watch;
	struct pooltoy_client *client; /* has the session's lease */
	struct pooltoy_lease session;
	bool in_session;
	bool ending; /* the call under way is the session's last */
	bool busy;   /* `pending` is under way */
	struct pooltoy_pending pending;
	struct line_buffer in, out;
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
	watch_close(connection->watch);
	close(connection->socket);
	connection->socket = -1;
	pooltoy_client_close(connection->client);
	connection->server->open--;
}

/* The client has left. */
static void lose(struct connection *connection)
{
	/* A checkout is not to take a worker for nobody, nor a call to go on. If something else was faster,
	 * that is what the completion tells of; if it has a lease, that ends with the client. */
	if (connection->busy)
		pooltoy_pending_cancel(&connection->pending);
	hang_up(connection);
	listener_look(connection->server);
	if (!connection->busy)
		forget(connection);
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

/* Requests: each starts an operation, or returns why it does not. */

static int start_task(struct connection *connection, long number)
{
	struct server *server = connection->server;

	return pooltoy_submit_start(server->queue, server->doublers, &number, sizeof number,
				    connection, &connection->pending);
}

static int start_checkout(struct connection *connection)
{
	struct server *server = connection->server;

	if (connection->in_session)
		return POOLTOY_EBUSY;
	return pooltoy_checkout_start(server->queue, server->sessions, connection->client, PATIENCE,
				      connection, &connection->pending);
}

static int start_call(struct connection *connection, enum session_verb verb, long number)
{
	struct session_request request = { verb, number };
	int code;

	if (!connection->in_session)
		return POOLTOY_ENOENT;
	connection->ending = verb == SESSION_END;
	code = pooltoy_call_start(connection->server->queue, &connection->session, &request,
				  sizeof request, CALL, connection, &connection->pending);
	connection->in_session = code != POOLTOY_ESTALE; /* its worker has died meanwhile */
	return code;
}

static void answer_status(struct connection *connection)
{
	struct server *server = connection->server;
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;
	struct figures figures = { .connections = server->open };

	pooltoy_pool_status(server->sessions, &status);
	figures.sessions = status.leased + status.resetting;
	figures.waiting = status.waiting;
	for (const struct connection *each = server->connections; each; each = each->next) {
		figures.leaving += each->socket < 0;
		figures.unsent += each->socket >= 0 && each->out.length > 0;
	}
	protocol_answer_figures(&connection->out, &figures);
}

static void serve(struct connection *connection, struct request request)
{
	int code = POOLTOY_EINVAL;

	switch (request.verb) {
	case STATUS:
		answer_status(connection);
		return;
	case DOUBLE:
		code = start_task(connection, request.number);
		break;
	case BEGIN:
		code = start_checkout(connection);
		break;
	case ADD:
		code = start_call(connection, SESSION_ADD, request.number);
		break;
	case REST:
		code = start_call(connection, SESSION_REST, request.number);
		break;
	case END:
		code = start_call(connection, SESSION_END, 0);
		break;
	case UNKNOWN:
		break;
	}
	if (code)
		protocol_answer(&connection->out, code);
	else
		connection->busy = true;
}

/* False: the client has left. */
static bool send_answer(struct connection *connection)
{
	struct line_buffer *out = &connection->out;
	ssize_t sent = send(connection->socket, out->bytes, out->length, MSG_NOSIGNAL);

	if (sent < 0)
		return errno == EAGAIN || errno == EINTR;
	out->length -= (size_t)sent;
	memmove(out->bytes, out->bytes + sent, out->length);
	return true;
}

/* Serves what has come in, as far as that goes without waiting; then says what to wait for. */
static void go_on(struct connection *connection)
{
	struct request request;
	unsigned events = 0;

	do {
		if (connection->out.length > 0 && !send_answer(connection)) {
			lose(connection);
			return;
		}
		if (connection->busy || connection->out.length > 0 ||
		    !protocol_take_request(&connection->in, &request))
			break;
		serve(connection, request);
	} while (true);
	if (connection->out.length > 0)
		events = WATCH_WRITE;
	else if (!connection->busy)
		events = WATCH_READ;
	watch_change(connection->watch, events);
}

/* Outcomes. */

static void session_has_replied(struct connection *connection, int code)
{
	if (!connection->ending && code != POOLTOY_ECRASHED)
		return;
	connection->in_session = false;
	pooltoy_checkin(&connection->session); /* POOLTOY_ESTALE if the worker has died */
}

void connection_completed(const struct pooltoy_completion *completion)
{
	struct connection *connection = completion->tag;

	connection->busy = false;
	if (connection->socket < 0) {
		forget(connection); /* a lease that the completion has ended with the client */
		return;
	}
	if (completion->type == POOLTOY_COMPLETION_CALL)
		session_has_replied(connection, completion->code);
	if (completion->type == POOLTOY_COMPLETION_CHECKOUT && !completion->code) {
		connection->session = completion->lease;
		connection->in_session = true;
	}
	if (completion->reply && !completion->code)
		protocol_answer_number(&connection->out, *(const long *)completion->reply);
	else
		protocol_answer(&connection->out, completion->code);
	go_on(connection);
}

/* The socket. */

static void receive(struct connection *connection)
{
	struct line_buffer *in = &connection->in;
	ssize_t length = recv(connection->socket, in->bytes + in->length, LINE - in->length, 0);

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (length <= 0) { /* or there is no room: a line that is too long */
		lose(connection);
		return;
	}
	in->length += (size_t)length;
	go_on(connection);
}

static void ready(void *owner, unsigned events)
{
	struct connection *connection = owner;

	if (events & WATCH_LEFT)
		lose(connection);
	else if (events & WATCH_READ)
		receive(connection);
	else
		go_on(connection);
}

void connection_open(struct server *server, int socket)
{
	struct connection *connection = calloc(1, sizeof *connection);

	if (connection && !pooltoy_client_open("connection", &connection->client))
		connection->watch = watch_open(server->loop, socket, WATCH_READ, ready, connection);
	if (!connection || !connection->watch) {
		if (connection)
			pooltoy_client_close(connection->client);
		free(connection);
		close(socket);
		return;
	}
	connection->server = server;
	connection->socket = socket;
	connection->next = server->connections;
	if (connection->next)
		connection->next->previous = connection;
	server->connections = connection;
	server->open++;
	listener_look(server);
}
