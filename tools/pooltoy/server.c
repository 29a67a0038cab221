/* SPDX-License-Identifier: MIT */
/* server.c: speaking with a server. */
#include "server.h"

#include "text.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	GREETING_MS = 2000,
	ANSWER_MS = 10000,
	PROTOCOL = 1,
	CHUNK = 64 * 1024,
	LINE_MOST = 64 * 1024 * 1024 /* no tree is that large */
};

/* Lines. */

/* False: nothing has come by then (-1: however long that takes). */
static bool await_input(int fd, int64_t deadline_ms)
{
	struct pollfd polled = { .fd = fd, .events = POLLIN };
	int64_t left;
	int ready;

	do {
		left = deadline_ms < 0 ? -1 : deadline_ms - clock_ms(CLOCK_MONOTONIC);
		if (deadline_ms >= 0 && left < 0)
			left = 0;
		ready = poll(&polled, 1, (int)left);
	} while (ready < 0 && errno == EINTR); /* as by a terminal that is made larger */
	return ready == 1;
}

/* False: the end, nothing in time, or more than there is room for. */
static bool receive(struct server *server, int64_t deadline_ms)
{
	ssize_t got;
	char *input;

	if (server->length > LINE_MOST)
		return false;
	if (server->capacity - server->length < CHUNK) {
		input = realloc(server->input, server->length + 2 * (size_t)CHUNK);
		if (!input)
			return false;
		server->input = input;
		server->capacity = server->length + 2 * (size_t)CHUNK;
	}
	if (!await_input(server->fd, deadline_ms))
		return false;
	got = recv(server->fd, server->input + server->length, CHUNK, 0);
	if (got > 0)
		server->length += (size_t)got;
	return got > 0;
}

json_t *server_read(struct server *server, int timeout_ms)
{
	int64_t deadline_ms = timeout_ms < 0 ? -1 : clock_ms(CLOCK_MONOTONIC) + timeout_ms;
	size_t seen = 0, length;
	char *newline = NULL;
	json_t *line;

	while (true) {
		if (server->length > seen)
			newline = memchr(server->input + seen, '\n', server->length - seen);
		if (newline)
			break;
		seen = server->length;
		if (!receive(server, deadline_ms))
			return NULL;
	}
	length = (size_t)(newline - server->input);
	line = json_loadb(server->input, length, 0, NULL);
	server->length -= length + 1;
	memmove(server->input, newline + 1, server->length);
	return line;
}

bool server_has_ended(const struct server *server)
{
	char byte;
	ssize_t got = recv(server->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return server->length > LINE_MOST || got == 0 ||
	       (got < 0 && errno != EAGAIN && errno != EINTR);
}

/* Connections. */

/* Waits no longer than for a greeting, should the server accept nobody. */
static bool connect_to(struct server *server)
{
	static const struct timeval patience = { .tv_sec = GREETING_MS / 1000 };
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	if (strlen(server->path) >= sizeof name.sun_path) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(name.sun_path, server->path, strlen(server->path));
	server->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return server->fd >= 0 &&
	       setsockopt(server->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
	       connect(server->fd, (struct sockaddr *)&name, sizeof name) == 0;
}

/* What to say of it; nothing of a server that is gone. */
static const char *connect_fault(int error)
{
	if (error == EAGAIN)
		return "does not answer";
	return error == ECONNREFUSED ? "" : strerror(error);
}

/* What is wrong with the greeting; NULL: nothing. */
static const char *greeting_fault(const struct server *server)
{
	const json_t *version = json_object_get(server->greeting, "pooltoy"), *error;

	if (!server->greeting)
		return "does not answer";
	error = json_object_get(json_object_get(server->greeting, "error"), "message");
	if (error)
		return json_string_value(error);
	if (!version)
		return "is no server of pooltoy";
	if (json_integer_value(version) != PROTOCOL)
		return "speaks another version of the protocol";
	return NULL;
}

bool server_open(struct server *server, const char *path, char *why, size_t size)
{
	const char *fault = NULL;

	memset(server, 0, sizeof *server);
	server->fd = -1;
	snprintf(server->path, sizeof server->path, "%s", path);
	why[0] = 0;
	if (strlen(path) >= sizeof server->path)
		fault = strerror(ENAMETOOLONG);
	else if (!connect_to(server))
		fault = connect_fault(errno);
	else
		server->greeting = server_read(server, GREETING_MS);
	if (!fault)
		fault = greeting_fault(server);
	if (!fault)
		return true;
	snprintf(why, size, "%s", fault);
	server_close(server);
	return false;
}

void server_close(struct server *server)
{
	if (server->fd >= 0)
		close(server->fd);
	json_decref(server->greeting);
	free(server->input);
}

long server_pid(const struct server *server)
{
	return (long)json_integer_value(json_object_get(server->greeting, "pid"));
}

const char *server_program(const struct server *server)
{
	const char *name = json_string_value(json_object_get(server->greeting, "program"));

	return name ? name : "?";
}

/* Requests. */

static bool send_line(struct server *server, const char *line)
{
	size_t length = strlen(line);

	return send(server->fd, line, length, MSG_NOSIGNAL) == (ssize_t)length &&
	       send(server->fd, "\n", 1, MSG_NOSIGNAL) == 1;
}

json_t *answer_result(json_t *answer, int *status)
{
	json_t *result = json_incref(json_object_get(answer, "result"));
	const char *message =
		json_string_value(json_object_get(json_object_get(answer, "error"), "message"));

	*status =
		result ? DONE : fail(REFUSED, "%s", message ? message : "no memory for an answer");
	json_decref(answer);
	return result;
}

bool server_request(struct server *server, json_t *request)
{
	char *line = json_dumps(request, JSON_COMPACT);
	bool sent = line && send_line(server, line);

	free(line);
	json_decref(request);
	return sent;
}

json_t *server_exchange(struct server *server, json_t *request)
{
	return server_request(server, request) ? server_read(server, ANSWER_MS) : NULL;
}

json_t *server_ask(struct server *server, json_t *request, int *status)
{
	json_t *answer = server_exchange(server, request);

	if (answer)
		return answer_result(answer, status);
	*status = fail(UNREACHABLE, "%s (%ld) does not answer", server_program(server),
		       server_pid(server));
	return NULL;
}
