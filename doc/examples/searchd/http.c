/* SPDX-License-Identifier: MIT */
/*
 * http.c: libmicrohttpd, one thread a connection.
 *
 * A thread that serves a request may wait in pooltoy_checkout for a worker, and then for the reply.
 * With a thread of its own a connection delays nobody else by that. (libmicrohttpd's thread pool
 * deals several connections to each thread: one that waits for a worker would hold up others that
 * only want the status.) The thread is the pools' client, too: it finds the worker that it used
 * last, and should it end with a lease, the worker goes back to the pool.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"

enum { CONNECTIONS = 512, IDLE_SECONDS = 60, LARGEST_BODY = 64 << 10 };

struct http {
	struct MHD_Daemon *daemon;
	http_respond_fn *respond;
	void *argument;
};

/* A request on its way in. */
struct upload {
	char *body;
	size_t length;
	int too_large;
};

static void upload_append(struct upload *upload, const char *bytes, size_t length)
{
	char *body;

	if (upload->too_large || length > LARGEST_BODY - upload->length) {
		upload->too_large = 1;
		return;
	}
	body = realloc(upload->body, upload->length + length + 1);
	if (!body) {
		upload->too_large = 1;
		return;
	}
	memcpy(body + upload->length, bytes, length);
	upload->length += length;
	body[upload->length] = '\0';
	upload->body = body;
}

static enum MHD_Result send_answer(struct MHD_Connection *connection, struct http_answer answer)
{
	size_t length = answer.json ? strlen(answer.json) : 0;
	struct MHD_Response *response =
		MHD_create_response_from_buffer(length, answer.json, MHD_RESPMEM_MUST_FREE);
	enum MHD_Result result;

	if (!response) {
		free(answer.json);
		return MHD_NO;
	}
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
	result = MHD_queue_response(connection, answer.status, response);
	MHD_destroy_response(response);
	return result;
}

/* libmicrohttpd calls this when the headers are in, for each part of the body, and at the end. */
static enum MHD_Result on_request(void *argument, struct MHD_Connection *connection,
				  const char *path, const char *method, const char *version,
				  const char *data, size_t *data_length, void **state)
{
	struct http *http = argument;
	struct upload *upload = *state;
	struct http_request request = { method, path, "", connection };

	(void)version;
	if (!upload) {
		*state = calloc(1, sizeof(struct upload));
		return *state ? MHD_YES : MHD_NO;
	}
	if (*data_length) {
		upload_append(upload, data, *data_length);
		*data_length = 0;
		return MHD_YES;
	}
	if (upload->too_large)
		return send_answer(connection,
				   (struct http_answer){ MHD_HTTP_CONTENT_TOO_LARGE, NULL });
	if (upload->body)
		request.body = upload->body;
	return send_answer(connection, http->respond(&request, http->argument));
}

static void on_completed(void *argument, struct MHD_Connection *connection, void **state,
			 enum MHD_RequestTerminationCode code)
{
	struct upload *upload = *state;

	(void)argument;
	(void)connection;
	(void)code;
	if (upload)
		free(upload->body);
	free(upload);
}

const char *http_argument(const struct http_request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

struct http *http_start(unsigned short *port, http_respond_fn *respond, void *argument)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(*port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct http *http = malloc(sizeof *http);

	if (!http)
		return NULL;
	*http = (struct http){ NULL, respond, argument };
	errno = 0;
	http->daemon = MHD_start_daemon(
		MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL,
		*port, NULL, NULL, on_request, http, MHD_OPTION_SOCK_ADDR, &address,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)IDLE_SECONDS, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
		MHD_OPTION_END);
	if (!http->daemon) {
		free(http);
		return NULL;
	}
	*port = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
	return http;
}

void http_stop(struct http *http)
{
	if (http)
		MHD_stop_daemon(http->daemon);
	free(http);
}
