/* SPDX-License-Identifier: MIT */
/* database.h: the few things that all users of the SQLite database do in the same way. */
#ifndef SEARCHD_DATABASE_H
#define SEARCHD_DATABASE_H

#include <sqlite3.h>

/*
 * Opens a connection that is used by one thread at a time, and so needs no mutex of its own.
 * Returns SQLite's code; *db is NULL if that is not SQLITE_OK.
 */
int database_open(const char *path, int flags, sqlite3 **db);

/* Runs statements that answer nothing. Returns SQLite's code. */
int database_run(sqlite3 *db, const char *statements);

/* Prepares a statement that is kept for long. Returns SQLite's code. */
int database_prepare(sqlite3 *db, const char *text, sqlite3_stmt **statement);

#endif
