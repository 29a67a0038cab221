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
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http.h"

enum { CONNECTIONS = 512, IDLE_SECONDS = 60, STOP_SECONDS = 15, LARGEST_BODY = 64 << 10 };

struct http {
	struct MHD_Daemon *daemon;
	http_respond_fn *respond;
	void *argument;

	/* What a stop waits for: requests that have begun, and whose answers are not sent yet. */
	pthread_mutex_t lock;
	pthread_cond_t answered;
	int running;
	int stopping;
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

/* Counts a request in, if *state can be had for it. */
static enum MHD_Result request_begins(struct http *http, void **state)
{
	*state = calloc(1, sizeof(struct upload));
	if (!*state)
		return MHD_NO;
	pthread_mutex_lock(&http->lock);
	http->running++;
	pthread_mutex_unlock(&http->lock);
	return MHD_YES;
}

/* The answer has been sent, or the client has gone. */
static void on_completed(void *argument, struct MHD_Connection *connection, void **state,
			 enum MHD_RequestTerminationCode code)
{
	struct http *http = argument;
	struct upload *upload = *state;

	(void)connection;
	(void)code;
	if (!upload)
		return;
	free(upload->body);
	free(upload);
	pthread_mutex_lock(&http->lock);
	if (--http->running == 0)
		pthread_cond_signal(&http->answered);
	pthread_mutex_unlock(&http->lock);
}

static int is_stopping(struct http *http)
{
	int stopping;

	pthread_mutex_lock(&http->lock);
	stopping = http->stopping;
	pthread_mutex_unlock(&http->lock);
	return stopping;
}

static enum MHD_Result send_answer(struct http *http, struct MHD_Connection *connection,
				   struct http_answer answer)
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
	if (is_stopping(http))
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
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
	struct http_answer answer = { MHD_HTTP_CONTENT_TOO_LARGE, NULL };

	(void)version;
	if (!upload)
		return request_begins(http, state);
	if (*data_length) {
		upload_append(upload, data, *data_length);
		*data_length = 0;
		return MHD_YES;
	}
	if (upload->body)
		request.body = upload->body;
	if (!upload->too_large)
		answer = http->respond(&request, http->argument);
	return send_answer(http, connection, answer);
}

const char *http_argument(const struct http_request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

static void http_free(struct http *http)
{
	pthread_cond_destroy(&http->answered);
	pthread_mutex_destroy(&http->lock);
	free(http);
}

struct http *http_start(unsigned short *port, http_respond_fn *respond, void *argument)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(*port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct http *http = malloc(sizeof *http);

	if (!http)
		return NULL;
	*http = (struct http){ .respond = respond, .argument = argument };
	pthread_mutex_init(&http->lock, NULL);
	pthread_cond_init(&http->answered, NULL);
	errno = 0;
	http->daemon =
		MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION |
					 MHD_USE_POLL | MHD_USE_ITC,
				 *port, NULL, NULL, on_request, http, MHD_OPTION_SOCK_ADDR,
				 &address, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
				 MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
				 MHD_OPTION_NOTIFY_COMPLETED, on_completed, http, MHD_OPTION_END);
	if (!http->daemon) {
		http_free(http);
		return NULL;
	}
	*port = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
	return http;
}

/*
 * No new connection from here on, and none is kept; whoever has asked gets the answer. Then the
 * connections' threads, the pools' clients, end.
 */
void http_stop(struct http *http)
{
	MHD_socket listener = MHD_quiesce_daemon(http->daemon);
	struct timespec deadline;

	/* Refuses who comes now. Not closed yet: the daemon's thread may still look at it. */
	if (listener != MHD_INVALID_SOCKET)
		shutdown(listener, SHUT_RDWR);
	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += STOP_SECONDS;
	pthread_mutex_lock(&http->lock);
	http->stopping = 1;
	while (http->running > 0)
		if (pthread_cond_timedwait(&http->answered, &http->lock, &deadline))
			break;
	pthread_mutex_unlock(&http->lock);
	MHD_stop_daemon(http->daemon);
	if (listener != MHD_INVALID_SOCKET)
		close(listener);
	http_free(http);
}
