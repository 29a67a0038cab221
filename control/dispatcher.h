/* SPDX-License-Identifier: MIT */
/* dispatcher.h: one request in, one answer out. */
#ifndef POOLTOY_CONTROL_DISPATCHER_H
#define POOLTOY_CONTROL_DISPATCHER_H

#include <jansson.h>
#include <pooltoy/supervisor.h>
#include <stdbool.h>
#include <stddef.h>

/* The protocol's version: it grows when an old client would misunderstand a new server. */
enum { CONTROL_PROTOCOL = 1 };

/* What a request can ask of its connection. */
struct dispatch {
	struct pooltoy_supervisor *supervisor; /* NULL: it is being stopped */
	bool subscribe;                        /* send events from now on */
};

/* The first line of a server; a new reference, or NULL. */
json_t *dispatcher_greeting(void);

/*
 * The answer to a line without its newline: an object with "id" (the request's) and either "result"
 * or "error". A new reference; NULL: no memory.
 */
json_t *dispatcher_answer(struct dispatch *dispatch, const char *line, size_t length);

/* An answer to no request: {"id": null, "error": ...}. */
json_t *dispatcher_error(json_t *id, int code, const char *message);

/* An object as a line, which is the caller's to free; the reference is used up. NULL: no memory. */
char *dispatcher_line(json_t *object, size_t *length);

#endif
