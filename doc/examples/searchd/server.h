/* SPDX-License-Identifier: MIT */
/* server.h: searchd as a whole: its supervisor and its three pools. */
#ifndef SEARCHD_SERVER_H
#define SEARCHD_SERVER_H

#include "service.h"

/* The codes that searchd's own handlers answer with. */
enum {
	SEARCHD_EQUERY = POOLTOY_EUSER,       /* FTS5 can make no sense of this query */
	SEARCHD_ECONFLICT = POOLTOY_EUSER - 1 /* another note has this id */
};

/*
 * Restart intensity. The library's default, 3 deaths of a manager within 5 s, is for crashes that
 * nobody asked for; one more, and the pool goes to backoff. This server offers crashes at
 * POST /kill, and its demo asks for 20 within a few seconds.
 */
enum { MAX_RESTARTS = 50, RESTART_PERIOD_MS = 5000 };

/*
 * A worker that is killed before it has served anybody counts as one that could not be started, and
 * the next starts are delayed: so long at first, twice as long each time, up to the maximum.
 * Opening a database, or starting a small process, overloads nobody: hardly wait.
 */
enum { BACKOFF_MIN_MS = 2, BACKOFF_MAX_MS = 100 };

struct server {
	struct pooltoy_supervisor *supervisor;
	const char *database; /* path */
	FILE *event_log;
	struct service search;
	struct service writer;
	struct service snippet;
};

#endif
