/* SPDX-License-Identifier: MIT */
/* database.c: opening the SQLite database. */
#include <stddef.h>

#include "database.h"

int database_open(const char *path, int flags, sqlite3 **db)
{
	int result = sqlite3_open_v2(path, db, flags | SQLITE_OPEN_NOMUTEX, NULL);

	if (result != SQLITE_OK) {
		sqlite3_close(*db);
		*db = NULL;
		return result;
	}
	/* Connections meet when the log is copied back into the database; let them wait. */
	sqlite3_busy_timeout(*db, 1000);
	return SQLITE_OK;
}

int database_run(sqlite3 *db, const char *statements)
{
	return sqlite3_exec(db, statements, NULL, NULL, NULL);
}

int database_prepare(sqlite3 *db, const char *text, sqlite3_stmt **statement)
{
	return sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
}
