/* SPDX-License-Identifier: MIT */
/* http_client.h: requests to searchd, one at a time, over a connection that is kept. */
#ifndef SEARCHD_HTTP_CLIENT_H
#define SEARCHD_HTTP_CLIENT_H

#include <jansson.h>

struct http_client;

/* For the use of one thread. `url` has no path, and stays the caller's. Never NULL. */
struct http_client *http_client_open(const char *url);
void http_client_close(struct http_client *client);

/* Returns the HTTP status, or 0 if there was no answer at all. */
long http_client_get(struct http_client *client, const char *path);
long http_client_post(struct http_client *client, const char *path, const char *body);

/* The body of the last answer, as JSON: a new reference, or NULL. */
json_t *http_client_json(const struct http_client *client);

/* Why the last request failed, in a word or two: "POOLTOY_ECRASHED", "HTTP 404", ... */
void http_client_failure(const struct http_client *client, char *text, size_t size);

#endif
