/* SPDX-License-Identifier: MIT */
/* counters.h: how many requests a pool has had from the server, and how they ended, by code. */
#ifndef SEARCHD_COUNTERS_H
#define SEARCHD_COUNTERS_H

#include <jansson.h>
#include <stdatomic.h>

enum { COUNTED_CODES = 32 };

/* Updated by all threads of the server. requests = answered + refused + all of failures. */
struct counters {
	atomic_long requests;
	atomic_long answered;
	atomic_long refused;                /* the request was bad; the pool is well */
	atomic_long retrying;               /* requests that are being run again right now */
	atomic_long died_answered;          /* the worker died between its answer and the checkin */
	atomic_long retries[COUNTED_CODES]; /* by the code that was met, negated */
	atomic_long failures[COUNTED_CODES]; /* likewise: no answer for the client */
};

/* Brackets the second run of a request whose first one ended with `code`. */
void counters_retry_begins(struct counters *counters, int code);
void counters_retry_ends(struct counters *counters);

/* Counts the end of a request, which the pool answered with `code`. */
void counters_ended(struct counters *counters, int code);

/* A new reference, or NULL. */
json_t *counters_json(struct counters *counters);

/* "POOLTOY_ECRASHED" and so on. */
const char *code_name(int code);

#endif
