/* SPDX-License-Identifier: MIT */
/*
 * writer_pool.c: the worker that stores notes.
 *
 * A write is not run again behind the client's back when its worker died at it: nobody here knows
 * whether it was done. The client is told, and since the note's id is its own choice, it can send
 * the note again without ever storing it twice.
 */
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "writer_pool.h"

/* A request is the id and the text, each with its 0. A reply is one byte: what became of it. */
enum { STORED = 1, STORED_BEFORE, OTHER_TEXT };

struct note_writer {
	sqlite3 *db;
	sqlite3_stmt *store; /* the note */
	sqlite3_stmt *index; /* its text, for searches */
	sqlite3_stmt *load;
};

/* What is committed is on disk: the log is synced at every commit. */
static const char set_up[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";
static const char store[] =
	"INSERT INTO notes (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING";
static const char index_text[] = "INSERT INTO passages (file, body) VALUES ('note:' || ?1, ?2)";
static const char load[] = "SELECT body = ?2 FROM notes WHERE id = ?1";

static void note_writer_free(struct note_writer *writer)
{
	sqlite3_finalize(writer->store);
	sqlite3_finalize(writer->index);
	sqlite3_finalize(writer->load);
	sqlite3_close(writer->db);
	free(writer);
}

static int note_writer_init(struct pooltoy_worker *self, void *argument, void **state)
{
	struct server *server = argument;
	struct note_writer *writer = calloc(1, sizeof *writer);
	int code;

	if (!writer)
		return POOLTOY_ENOMEM;
	code = database_open(server->database, SQLITE_OPEN_READWRITE, &writer->db);
	if (code == SQLITE_OK)
		code = database_run(writer->db, set_up);
	if (code == SQLITE_OK)
		code = database_prepare(writer->db, store, &writer->store);
	if (code == SQLITE_OK)
		code = database_prepare(writer->db, index_text, &writer->index);
	if (code == SQLITE_OK)
		code = database_prepare(writer->db, load, &writer->load);
	if (code != SQLITE_OK) {
		note_writer_free(writer);
		return pooltoy_worker_fail(self, "%s: %s", server->database, sqlite3_errstr(code));
	}
	*state = writer;
	return 0;
}

static void note_writer_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	(void)self;
	(void)reason;
	note_writer_free(state);
}

/* Runs one of the statements on a note. Returns SQLITE_DONE, or SQLITE_ROW with a row in *value. */
static int run(sqlite3_stmt *statement, const char *id, const char *text, int *value)
{
	int code, result;

	sqlite3_bind_text(statement, 1, id, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, text, -1, SQLITE_STATIC);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW && value)
		*value = sqlite3_column_int(statement, 0);
	code = sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return code ? code : result;
}

/* Within a transaction. Returns SQLITE_DONE if all went well. */
static int store_note(struct note_writer *writer, const char *id, const char *text,
		      unsigned char *outcome)
{
	int code, same = 0;

	*outcome = STORED;
	code = run(writer->store, id, text, NULL);
	if (code != SQLITE_DONE)
		return code;
	if (sqlite3_changes(writer->db) > 0)
		return run(writer->index, id, text, NULL);
	code = run(writer->load, id, text, &same);
	*outcome = same ? STORED_BEFORE : OTHER_TEXT;
	return code == SQLITE_ROW ? SQLITE_DONE : code;
}

/* Nothing of the note has been stored. A connection that is broken is left to a new worker. */
static int reply_problem(struct pooltoy_worker *self, struct note_writer *writer, int code)
{
	pooltoy_worker_fail(self, "store: %s", sqlite3_errmsg(writer->db));
	database_run(writer->db, "ROLLBACK");
	if (code == SQLITE_FULL || code == SQLITE_BUSY)
		return pooltoy_reply_error(self, POOLTOY_EAGAIN);
	return POOLTOY_ECRASHED;
}

static int note_writer_call(struct pooltoy_worker *self, void *state, const void *bytes,
			    size_t length)
{
	struct note_writer *writer = state;
	const char *id = bytes;
	const char *id_end = memchr(id, '\0', length);
	unsigned char outcome;
	int code;

	if (!id_end || id_end + 1 == id + length || id[length - 1] != '\0')
		return pooltoy_reply_error(self, POOLTOY_EINVAL);
	code = database_run(writer->db, "BEGIN IMMEDIATE");
	if (code == SQLITE_OK) {
		code = store_note(writer, id, id_end + 1, &outcome);
		if (code == SQLITE_DONE)
			code = database_run(writer->db, "COMMIT");
	}
	if (code != SQLITE_OK)
		return reply_problem(self, writer, code);
	if (outcome == OTHER_TEXT)
		return pooltoy_reply_error(self, SEARCHD_ECONFLICT);
	return pooltoy_reply(self, &outcome, sizeof outcome);
}

static const struct pooltoy_worker_ops note_writer_ops =
	POOLTOY_WORKER_OPS(.init = note_writer_init, .handle_call = note_writer_call,
			   .terminate = note_writer_terminate);

int writer_pool_start(struct server *server)
{
	return pooltoy_start_pool(
		server->supervisor,
		POOLTOY_POOL_SPEC(.name = server->writer.name, .worker = &note_writer_ops,
				  .argument = server, .size = 1, .exclusive = 1,
				  .max_restarts = MAX_RESTARTS, .restart_period = RESTART_PERIOD_MS,
				  .backoff_min = BACKOFF_MIN_MS, .backoff_max = BACKOFF_MAX_MS),
		&server->writer.pool);
}

int writer_pool_store(struct server *server, const char *id, const char *text, int *stored_before)
{
	size_t id_size = strlen(id) + 1, text_size = strlen(text) + 1;
	char *request = malloc(id_size + text_size);
	struct reply reply;
	int code;

	if (!request)
		return POOLTOY_ENOMEM;
	memcpy(request, id, id_size);
	memcpy(request + id_size, text, text_size);
	code = service_call(&server->writer, request, id_size + text_size, TELL_CLIENT, &reply);
	if (code == 0)
		*stored_before = reply.length == 1 && reply.bytes[0] == STORED_BEFORE;
	free(reply.bytes);
	free(request);
	return code;
}
