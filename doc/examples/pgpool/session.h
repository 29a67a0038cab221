/* SPDX-License-Identifier: MIT */
/* session.h: a connection to PostgreSQL as the state of a worker. */
#ifndef PGPOOL_SESSION_H
#define PGPOOL_SESSION_H

#include <libpq-fe.h>
#include <pooltoy.h>
#include <stdatomic.h>

/* Where to connect to: a pool's argument. */
struct database {
	const char *conninfo;
	const char *options; /* for the server's process, such as "-c default_transaction_read_only=on" */
};

struct session {
	PGconn *db;
	/* Of the same connection, for other threads. They never change: a worker whose connection breaks is
	 * replaced rather than reconnected. */
	PGcancel *cancel;
	int socket;            /* a duplicate: libpq may close its own at any moment */
	atomic_int interrupts; /* since the callback began */
};

/* The callbacks that all workers with a session share. */
int session_init(struct pooltoy_worker *self, void *database, void **state);
int session_reset(struct pooltoy_worker *self, void *state);
void session_interrupt(struct pooltoy_worker *self, void *state);
void session_terminate(struct pooltoy_worker *self, void *state, int reason);

/* At the start of each callback that runs queries. */
void session_begin_callback(struct session *session);

/* What became of a statement. */
enum session_outcome {
	SESSION_DONE,
	SESSION_REFUSED,   /* an SQL error: the client's affair */
	SESSION_CANCELLED, /* by `interrupt`, or by statement_timeout */
	SESSION_LOST       /* the connection is broken, and so is its worker. It may have been done, or not */
};

/*
 * Runs a statement with parameters $1, ... in text form. *result is to be cleared in any case; NULL: it is
 * of no interest.
 */
enum session_outcome session_run(struct session *session, const char *statement, int count,
				 const char *const values[], PGresult **result);

/* The first line of libpq's last message, which may have several. */
const char *session_problem(const struct session *session, char *line, size_t size);

#endif
