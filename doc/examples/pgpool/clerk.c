/* SPDX-License-Identifier: MIT */
/*
 * clerk.c: one request, one statement, one reply.
 *
 * An SQL error is the client's affair: it is told, and the worker lives on. A connection that is broken is
 * the worker's: it says so, and is replaced.
 */
#include "clerk.h"
#include "session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Their parameters are `count` of an entry's id, account and amount, from the `first` on. */
static const struct statement {
	const char *text;
	int first, count;
} statements[] = {
	[CLERK_STORE] = { LEDGER_INSERT, 0, 3 },
	[CLERK_FIND] = { "SELECT amount FROM entries WHERE id = $1 AND account = $2", 0, 2 },
	[CLERK_SUM] = { "SELECT coalesce(sum(amount), 0) FROM entries WHERE account = $1", 1, 1 },
};

void entry_print(const struct entry *entry, struct entry_text *text)
{
	snprintf(text->id, sizeof text->id, "%" PRId64, entry->id);
	snprintf(text->account, sizeof text->account, "%" PRId32, entry->account);
	snprintf(text->amount, sizeof text->amount, "%" PRId64, entry->amount);
	text->values[0] = text->id;
	text->values[1] = text->account;
	text->values[2] = text->amount;
}

static int reply_rows(struct pooltoy_worker *self, const PGresult *result)
{
	struct clerk_reply reply = { .rows = PQntuples(result) };

	if (PQresultStatus(result) == PGRES_COMMAND_OK)
		reply.rows = (int32_t)strtol(PQcmdTuples((PGresult *)result), NULL, 10);
	else if (reply.rows > 0)
		reply.amount = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	return pooltoy_reply(self, &reply, sizeof reply);
}

static int reply_problem(struct pooltoy_worker *self, const struct session *session)
{
	struct clerk_reply reply = { .rows = 0 };

	session_problem(session, reply.problem, sizeof reply.problem);
	if (pooltoy_reply(self, &reply, sizeof reply))
		return POOLTOY_ENOMEM;
	return pooltoy_reply_error(self, LEDGER_ESQL);
}

static int reply(struct pooltoy_worker *self, const struct session *session,
		 enum session_outcome outcome, const PGresult *result)
{
	char line[200];

	switch (outcome) {
	case SESSION_DONE:
		return reply_rows(self, result);
	case SESSION_REFUSED:
		return reply_problem(self, session);
	case SESSION_CANCELLED:
		return pooltoy_reply_error(self, POOLTOY_ETIMEDOUT);
	default:
		return pooltoy_worker_fail(self, "%s",
					   session_problem(session, line, sizeof line));
	}
}

static int clerk_call(struct pooltoy_worker *self, void *state, const void *bytes, size_t length)
{
	const struct clerk_request *request = bytes;
	struct session *session = state;
	const struct statement *statement;
	enum session_outcome outcome;
	struct entry_text text = { .id = "" };
	PGresult *result;
	int code;

	session_begin_callback(session);
	if (length != sizeof *request || (unsigned)request->task > CLERK_SUM)
		return pooltoy_reply_error(self, POOLTOY_EINVAL);
	statement = &statements[request->task];
	entry_print(&request->entry, &text);
	outcome = session_run(session, statement->text, statement->count,
			      text.values + statement->first, &result);
	code = reply(self, session, outcome, result);
	PQclear(result);
	return code;
}

const struct pooltoy_worker_ops clerk_ops =
	POOLTOY_WORKER_OPS(.init = session_init, .handle_call = clerk_call, .reset = session_reset,
			   .interrupt = session_interrupt, .terminate = session_terminate);
