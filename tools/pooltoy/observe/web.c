/* SPDX-License-Identifier: MIT */
/*
 * web.c: the page over HTTP, by libmicrohttpd: a thread for each connection, so that who waits for the stream, for a
 * debugger or for a server's answer, or does not take what it is sent, holds up nobody else.
 */
#include "web.h"

#include "files.h"
#include "guard.h"
#include "stacks.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef POOLTOY_CHART_JS /* the build says where it will be */
#define POOLTOY_CHART_JS "/usr/share/javascript/chart.js/chart.min.js"
#endif

static const char *argument_of(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
}

static const char *header_of(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* Answers. */

static const char *const answer_headers[][2] = {
	{ "Content-Security-Policy",
	  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
	  "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "no-referrer" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "Cache-Control", "no-store" }
};

/* Sends the response, which it uses up; NULL: there was no memory for it. */
static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status, const char *type,
			      struct MHD_Response *response)
{
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	for (size_t i = 0; i < sizeof answer_headers / sizeof answer_headers[0]; i++)
		MHD_add_response_header(response, answer_headers[i][0], answer_headers[i][1]);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	if (status == MHD_HTTP_TOO_MANY_REQUESTS)
		MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, "1");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result answer_text(struct MHD_Connection *connection, unsigned status,
				   const char *text)
{
	return answer(
		connection, status, "text/plain; charset=utf-8",
		MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY));
}

static enum MHD_Result answer_none(struct MHD_Connection *connection)
{
	return answer_text(connection, MHD_HTTP_NOT_FOUND, "There is nothing of that name.\n");
}

/* Files. */

static const char *type_of(const char *name)
{
	static const char *const types[][2] = { { ".html", "text/html; charset=utf-8" },
						{ ".css", "text/css; charset=utf-8" },
						{ ".js", "text/javascript; charset=utf-8" },
						{ ".svg", "image/svg+xml" } };
	const char *ending = strrchr(name, '.');

	for (size_t i = 0; ending && i < sizeof types / sizeof types[0]; i++)
		if (strcmp(ending, types[i][0]) == 0)
			return types[i][1];
	return "application/octet-stream";
}

/* The library that draws plots is the system's; the page does without if it is not there. */
static enum MHD_Result answer_chart(struct MHD_Connection *connection)
{
	int file = open(POOLTOY_CHART_JS, O_RDONLY | O_CLOEXEC);
	struct stat status;

	if (file < 0)
		return answer_none(connection);
	if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
		close(file);
		return answer_none(connection);
	}
	return answer(connection, MHD_HTTP_OK, type_of(".js"),
		      MHD_create_response_from_fd64((uint64_t)status.st_size, file));
}

static enum MHD_Result answer_file(struct MHD_Connection *connection, const char *name)
{
	for (const struct page_file *file = page_files; file->name; file++)
		if (strcmp(file->name, name) == 0)
			return answer(connection, MHD_HTTP_OK, type_of(name),
				      MHD_create_response_from_buffer(file->length,
								      (void *)file->bytes,
								      MHD_RESPMEM_PERSISTENT));
	return answer_none(connection);
}

/* The stream. */

struct reader {
	struct web *web;
	struct message *message; /* that is being sent */
	size_t sent;             /* of it */
	uint64_t next;           /* the number of the one that follows */
};

static void reader_close(void *argument)
{
	struct reader *reader = argument;

	if (reader->message)
		stream_give_back(reader->web->stream, reader->message);
	atomic_fetch_sub(&reader->web->readers, 1);
	free(reader);
}

/* Waits for what is to be sent, and gives it away piece by piece. */
static ssize_t reader_take(void *argument, uint64_t position, char *buffer, size_t size)
{
	struct reader *reader = argument;
	size_t left;

	(void)position;
	if (reader->message && reader->sent == reader->message->length) {
		stream_give_back(reader->web->stream, reader->message);
		reader->message = NULL;
	}
	if (!reader->message) {
		reader->message = stream_take(reader->web->stream, reader->next++);
		reader->sent = 0;
	}
	if (!reader->message) /* over, or it was too slow: a browser comes again by itself */
		return MHD_CONTENT_READER_END_OF_STREAM;
	left = reader->message->length - reader->sent;
	if (left > size)
		left = size;
	memcpy(buffer, reader->message->text + reader->sent, left);
	reader->sent += left;
	return (ssize_t)left;
}

static struct reader *reader_open(struct web *web)
{
	struct reader *reader;

	if (atomic_fetch_add(&web->readers, 1) >= WEB_READERS) {
		atomic_fetch_sub(&web->readers, 1);
		return NULL;
	}
	reader = calloc(1, sizeof *reader);
	if (!reader) {
		atomic_fetch_sub(&web->readers, 1);
		return NULL;
	}
	reader->web = web;
	reader->message = watch_history(web->watch, &reader->next);
	return reader;
}

/* What a reader does not take is not to pile up in the kernel either. */
static void bound_unread(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	int bytes = WEB_UNREAD;

	if (info)
		setsockopt(info->connect_fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

static enum MHD_Result answer_stream(struct web *web, struct MHD_Connection *connection)
{
	enum { PIECE = 16 * 1024 };
	struct reader *reader = reader_open(web);

	if (!reader)
		return answer_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
				   "Too many are looking already.\n");
	bound_unread(connection);
	return answer(connection, MHD_HTTP_OK, "text/event-stream",
		      MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE, reader_take,
							reader, reader_close));
}

/* What is asked of a server just now, by a connection of its own. */

static bool open_asked(struct web *web, struct MHD_Connection *connection, struct server *server)
{
	char path[SERVER_PATH], why[256];

	return watch_find(web->watch, argument_of(connection, "server"), path) &&
	       server_open(server, path, why, sizeof why);
}

static enum MHD_Result answer_no_server(struct MHD_Connection *connection)
{
	return answer_text(connection, MHD_HTTP_NOT_FOUND,
			   "Which server? ?server= says it, by its PID or its program; it is not "
			   "needed if only one runs.\n");
}

static enum MHD_Result answer_metrics(struct web *web, struct MHD_Connection *connection)
{
	struct server server;
	json_t *told;
	const char *text;
	enum MHD_Result result;

	if (!open_asked(web, connection, &server))
		return answer_no_server(connection);
	told = server_exchange(&server, json_pack("{s:s}", "method", "metrics"));
	text = string_of(json_object_get(told, "result"), "openmetrics");
	if (text[0])
		result = answer(connection, MHD_HTTP_OK,
				"application/openmetrics-text; version=1.0.0; charset=utf-8",
				MHD_create_response_from_buffer(strlen(text), (void *)text,
								MHD_RESPMEM_MUST_COPY));
	else
		result = answer_text(
			connection, MHD_HTTP_NOT_FOUND,
			"This server has no metrics: its libpooltoy-control is older.\n");
	json_decref(told);
	server_close(&server);
	return result;
}

/* By a debugger. */
static enum MHD_Result answer_stacks_of(struct MHD_Connection *connection, struct server *server,
					const char *pool, long worker)
{
	char *text = NULL, why[256];
	size_t size;
	FILE *file = open_memstream(&text, &size);
	int status;

	if (!file)
		return MHD_NO;
	status = stacks_write(file, server, pool, worker, why, sizeof why);
	if (why[0])
		fprintf(file, "%s\n", why);
	fclose(file);
	return answer(connection, status ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_OK,
		      "text/plain; charset=utf-8",
		      MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE));
}

/* Of the thread that holds a worker, and of the worker's own, and its process, if it is at work. */
static enum MHD_Result answer_stacks(struct web *web, struct MHD_Connection *connection)
{
	const char *pool = argument_of(connection, "pool");
	const char *worker = argument_of(connection, "worker");
	struct server server;
	enum MHD_Result result;

	if (!pool || !worker)
		return answer_text(connection, MHD_HTTP_BAD_REQUEST, "Of which worker?\n");
	if (!open_asked(web, connection, &server))
		return answer_no_server(connection);
	if (watch_debug(web->watch, &server)) {
		result = answer_stacks_of(connection, &server, pool, strtol(worker, NULL, 10));
		watch_debugged(web->watch, &server);
	} else {
		result = answer_text(
			connection, MHD_HTTP_TOO_MANY_REQUESTS,
			"A debugger looks at this server, or has just done so: ask again in a "
			"second.\n");
	}
	server_close(&server);
	return result;
}

/* Requests. */

static enum MHD_Result respond(struct web *web, struct MHD_Connection *connection, const char *path)
{
	if (strcmp(path, "/") == 0)
		return answer_file(connection, "index.html");
	if (strcmp(path, "/events") == 0)
		return answer_stream(web, connection);
	if (strcmp(path, "/metrics") == 0)
		return answer_metrics(web, connection);
	if (strcmp(path, "/stacks") == 0)
		return answer_stacks(web, connection);
	if (strcmp(path, "/chart.js") == 0)
		return answer_chart(connection);
	return answer_file(connection, path + 1);
}

static enum MHD_Result on_request(void *argument, struct MHD_Connection *connection,
				  const char *path, const char *method, const char *version,
				  const char *data, size_t *data_length, void **state)
{
	struct web *web = argument;
	struct asked asked = { .method = method,
			       .host = header_of(connection, "Host"),
			       .origin = header_of(connection, "Origin"),
			       .site = header_of(connection, "Sec-Fetch-Site"),
			       .mode = header_of(connection, "Sec-Fetch-Mode") };
	unsigned status;
	const char *refused = guard_refuses(&asked, web->names, &status);

	(void)version;
	(void)data;
	(void)data_length;
	if (refused)
		return answer_text(connection, status, refused);
	if (!*state) { /* the headers alone: who is answered now is not heard again on this connection */
		*state = web;
		return MHD_YES;
	}
	return respond(web, connection, path);
}

bool web_start(struct web *web, const struct sockaddr *address)
{
	unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION |
			 MHD_USE_POLL | MHD_USE_ITC |
			 (address->sa_family == AF_INET6 ? MHD_USE_IPv6 : 0);

	atomic_init(&web->readers, 0);
	errno = 0;
	web->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, web, MHD_OPTION_SOCK_ADDR,
				       address, MHD_OPTION_CONNECTION_LIMIT,
				       (unsigned)WEB_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
				       (unsigned)WEB_PATIENCE_S, MHD_OPTION_END);
	return web->daemon != NULL;
}

unsigned web_port(const struct web *web)
{
	return MHD_get_daemon_info(web->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

void web_stop(struct web *web)
{
	MHD_stop_daemon(web->daemon);
}
