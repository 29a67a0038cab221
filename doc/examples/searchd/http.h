/* SPDX-License-Identifier: MIT */
/* http.h: the HTTP side: a listener on the loopback interface, and a thread for each connection. */
#ifndef SEARCHD_HTTP_H
#define SEARCHD_HTTP_H

#include <stddef.h>

/* A request, whole. Strings end with a 0. Valid until the answer has been made. */
struct http_request {
	const char *method;
	const char *path;
	const char *body;
	void *connection;
};

/* The answer: a status, and a text to be freed, or NULL for an empty one. */
struct http_answer {
	unsigned status;
	char *json;
};

/* The value of `name` in the part of the URL after the '?', or NULL. */
const char *http_argument(const struct http_request *request, const char *name);

/* Makes the answer to a request, on the thread of its connection. May block. */
typedef struct http_answer http_respond_fn(const struct http_request *request, void *argument);

struct http;

/*
 * Listens on 127.0.0.1, at *port or, if that is 0, at a free port, which it then is. Returns NULL
 * and sets errno if that cannot be.
 */
struct http *http_start(unsigned short *port, http_respond_fn *respond, void *argument);

/* Answers what has been asked, closes all connections, and waits for their threads. */
void http_stop(struct http *http);

#endif
