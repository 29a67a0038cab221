/* SPDX-License-Identifier: MIT */
/* search_pool.c: the workers that search, and how the server's threads ask them to. */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "search_pool.h"

/* What goes to a worker: bytes, no pointers, so that it could as well be another process. */
struct search_request {
	int32_t max_hits;
	char query[]; /* with its 0 */
};

struct searcher {
	sqlite3 *db;
	sqlite3_stmt *find;
};

static const char find[] = "SELECT file, snippet(passages, 1, '[', ']', ' ... ', 16) FROM passages"
			   " WHERE passages MATCH ? ORDER BY rank LIMIT ?";

static void searcher_free(struct searcher *searcher)
{
	sqlite3_finalize(searcher->find);
	sqlite3_close(searcher->db);
	free(searcher);
}

static int searcher_init(struct pooltoy_worker *self, void *argument, void **state)
{
	struct server *server = argument;
	struct searcher *searcher = calloc(1, sizeof *searcher);
	int code;

	if (!searcher)
		return POOLTOY_ENOMEM;
	code = database_open(server->database, SQLITE_OPEN_READONLY, &searcher->db);
	if (code == SQLITE_OK)
		code = database_prepare(searcher->db, find, &searcher->find);
	if (code != SQLITE_OK) {
		searcher_free(searcher);
		return pooltoy_worker_fail(self, "%s: %s", server->database, sqlite3_errstr(code));
	}
	*state = searcher;
	return 0;
}

static void searcher_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	(void)self;
	(void)reason;
	searcher_free(state);
}

/* A query that runs past its caller's deadline, or is in the way of a stop, is cut short. */
static void searcher_interrupt(struct pooltoy_worker *self, void *state)
{
	struct searcher *searcher = state;

	(void)self;
	sqlite3_interrupt(searcher->db);
}

/* Runs the query and collects its hits. Returns SQLite's code: SQLITE_DONE if all went well. */
static int collect_hits(struct searcher *searcher, const struct search_request *request,
			json_t *hits)
{
	int code;

	sqlite3_bind_text(searcher->find, 1, request->query, -1, SQLITE_STATIC);
	sqlite3_bind_int(searcher->find, 2, request->max_hits);
	while ((code = sqlite3_step(searcher->find)) == SQLITE_ROW) {
		const char *file = (const char *)sqlite3_column_text(searcher->find, 0);
		const char *snippet = (const char *)sqlite3_column_text(searcher->find, 1);

		json_array_append_new(hits,
				      json_pack("{ss* ss*}", "file", file, "snippet", snippet));
	}
	return code;
}

static int refuse(struct pooltoy_worker *self, const char *why)
{
	pooltoy_reply(self, why, strlen(why));
	return pooltoy_reply_error(self, SEARCHD_EQUERY);
}

static int reply_hits(struct pooltoy_worker *self, const char *query, json_t *hits)
{
	json_t *answer = json_pack("{ss sO}", "query", query, "hits", hits);
	char *text = answer ? json_dumps(answer, JSON_INDENT(1)) : NULL;
	int code = text ? pooltoy_reply(self, text, strlen(text)) : refuse(self, "not UTF-8");

	free(text);
	json_decref(answer);
	return code;
}

/* What became of the query: the client's fault, the moment's, or the end of this connection. */
static int reply_problem(struct pooltoy_worker *self, struct searcher *searcher, int code)
{
	const char *message = sqlite3_errmsg(searcher->db);

	switch (code) {
	case SQLITE_ERROR:
		return refuse(self, message);
	case SQLITE_INTERRUPT:
		if (pooltoy_worker_stopping(self))
			return pooltoy_worker_fail(self,
						   "killed or stopped in the middle of a query");
		return pooltoy_reply_error(self, POOLTOY_ETIMEDOUT);
	case SQLITE_BUSY:
		return pooltoy_reply_error(self, POOLTOY_EAGAIN);
	default:
		return pooltoy_worker_fail(self, "search: %s", message);
	}
}

static int searcher_call(struct pooltoy_worker *self, void *state, const void *bytes, size_t length)
{
	struct searcher *searcher = state;
	const struct search_request *request = bytes;
	json_t *hits;
	int code;

	if (length <= sizeof *request || request->query[length - sizeof *request - 1] != '\0')
		return pooltoy_reply_error(self, POOLTOY_EINVAL);
	hits = json_array();
	code = collect_hits(searcher, request, hits);
	if (code == SQLITE_DONE)
		code = reply_hits(self, request->query, hits);
	else
		code = reply_problem(self, searcher, code);
	/* Ends the read transaction: the next search sees all notes that are stored by then. */
	sqlite3_reset(searcher->find);
	sqlite3_clear_bindings(searcher->find);
	json_decref(hits);
	return code;
}

static const struct pooltoy_worker_ops searcher_ops =
	POOLTOY_WORKER_OPS(.init = searcher_init, .handle_call = searcher_call,
			   .interrupt = searcher_interrupt, .terminate = searcher_terminate);

int search_pool_start(struct server *server)
{
	return pooltoy_start_pool(
		server->supervisor,
		POOLTOY_POOL_SPEC(.name = server->search.name, .worker = &searcher_ops,
				  .argument = server, .size = SEARCH_WORKERS,
				  .max_restarts = MAX_RESTARTS, .restart_period = RESTART_PERIOD_MS,
				  .backoff_min = BACKOFF_MIN_MS, .backoff_max = BACKOFF_MAX_MS),
		&server->search.pool);
}

int search_pool_find(struct server *server, const char *query, int max_hits, struct reply *reply)
{
	size_t length = sizeof(struct search_request) + strlen(query) + 1;
	struct search_request *request = malloc(length);
	int code;

	*reply = (struct reply){ NULL, 0 };
	if (!request)
		return POOLTOY_ENOMEM;
	request->max_hits = max_hits;
	memcpy(request->query, query, strlen(query) + 1);
	code = service_call(&server->search, request, length, RUN_AGAIN, reply);
	free(request);
	return code;
}
