/* SPDX-License-Identifier: MIT */
/* session.c: connects, cancels, cleans up, and tells a bad statement from a broken connection. */
#include "session.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* SQLSTATE query_canceled. */
static const char cancelled[] = "57014";

const char *session_problem(const struct session *session, char *line, size_t size)
{
	const char *message = PQerrorMessage(session->db);

	snprintf(line, size, "%.*s", (int)strcspn(message, "\n"), message);
	return line;
}

void session_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	struct session *session = state;

	(void)self;
	(void)reason;
	if (session->socket >= 0)
		close(session->socket);
	PQfreeCancel(session->cancel);
	PQfinish(session->db);
	free(session);
}

/*
 * connect_timeout: `init` is not interrupted, so it has to be shorter than the pool's `shutdown`. Each pool
 * gives its name, by which its connections are told apart in pg_stat_activity.
 */
static PGconn *connect_to(const struct database *database, const char *pool)
{
	const char *const names[] = { "connect_timeout", "dbname", "application_name", "options", NULL };
	const char *const values[] = { "3", database->conninfo, pool, database->options, NULL };

	return PQconnectdbParams(names, values, 1);
}

/* Unasked remarks of the server's. By default libpq writes them to stderr. */
static void drop_notice(void *argument, const char *message)
{
	(void)argument;
	(void)message;
}

int session_init(struct pooltoy_worker *self, void *database, void **state)
{
	struct session *session = calloc(1, sizeof *session);
	char line[200];

	if (!session)
		return POOLTOY_ENOMEM;
	session->socket = -1;
	session->db = connect_to(database, pooltoy_worker_pool_name(self));
	if (PQstatus(session->db) == CONNECTION_OK) {
		PQsetNoticeProcessor(session->db, drop_notice, NULL);
		session->cancel = PQgetCancel(session->db);
		session->socket = fcntl(PQsocket(session->db), F_DUPFD_CLOEXEC, 0);
	}
	if (session->cancel && session->socket >= 0) {
		*state = session;
		return 0;
	}
	pooltoy_worker_fail(self, "%s", session_problem(session, line, sizeof line));
	session_terminate(self, session, POOLTOY_ECRASHED);
	return POOLTOY_ECRASHED;
}

void session_begin_callback(struct session *session)
{
	atomic_store(&session->interrupts, 0);
}

/*
 * On another thread; the session stays until this returns. By then PQcancel has had the server's process
 * told, so that it cannot hit a later query.
 *
 * pooltoy comes a second time, `grace` later, if the first had no effect: the server's process hangs, or is
 * out of reach. Then the connection is given up, which makes libpq return at once.
 */
void session_interrupt(struct pooltoy_worker *self, void *state)
{
	struct session *session = state;
	char problem[256];

	(void)self;
	if (atomic_fetch_add(&session->interrupts, 1) == 0 &&
	    PQcancel(session->cancel, problem, sizeof problem))
		return;
	shutdown(session->socket, SHUT_RDWR);
}

/*
 * PQstatus alone does not tell: when a query cannot be sent, since the server has closed the connection, it
 * may be CONNECTION_OK still. An error that is the server's own has an SQLSTATE; and a session that it ends
 * is told so by severity.
 */
static bool is_lost(const PGconn *db, const PGresult *error)
{
	const char *severity = PQresultErrorField(error, PG_DIAG_SEVERITY_NONLOCALIZED);

	return PQstatus(db) != CONNECTION_OK || !PQresultErrorField(error, PG_DIAG_SQLSTATE) ||
	       (severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0));
}

static enum session_outcome outcome_of(const PGconn *db, const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		return SESSION_DONE;
	if (is_lost(db, result))
		return SESSION_LOST;
	if (strcmp(PQresultErrorField(result, PG_DIAG_SQLSTATE), cancelled) == 0)
		return SESSION_CANCELLED;
	return SESSION_REFUSED;
}

enum session_outcome session_run(struct session *session, const char *statement, int count,
				 const char *const values[], PGresult **result)
{
	PGresult *answer = PQexecParams(session->db, statement, count, NULL, values, NULL, NULL, 0);
	enum session_outcome outcome = outcome_of(session->db, answer);

	if (result)
		*result = answer;
	else
		PQclear(answer);
	return outcome;
}

/*
 * After a client that left something behind: a transaction, settings, a cursor. Who prepares statements in
 * `init` keeps them by leaving out DISCARD ALL.
 */
int session_reset(struct pooltoy_worker *self, void *state)
{
	struct session *session = state;
	PGTransactionStatusType status = PQtransactionStatus(session->db);
	enum session_outcome outcome = SESSION_DONE;
	char line[200];

	session_begin_callback(session);
	if (status == PQTRANS_ACTIVE) /* its thread was cancelled within PQexec */
		return pooltoy_worker_fail(self, "left in the middle of a query");
	if (status == PQTRANS_INTRANS || status == PQTRANS_INERROR)
		outcome = session_run(session, "ROLLBACK", 0, NULL, NULL);
	if (outcome == SESSION_DONE)
		outcome = session_run(session, "DISCARD ALL", 0, NULL, NULL);
	if (outcome == SESSION_DONE)
		return 0;
	return pooltoy_worker_fail(self, "reset: %s", session_problem(session, line, sizeof line));
}
