/* SPDX-License-Identifier: MIT */
/* writer_pool.h: pool "writer": one worker, the only one that changes the database. */
#ifndef SEARCHD_WRITER_POOL_H
#define SEARCHD_WRITER_POOL_H

#include "server.h"

/* Starts the pool. Returns 0, or a code of pooltoy's. */
int writer_pool_start(struct server *server);

/*
 * Stores a note under an id that the client has chosen, for searches to find as file "note:ID".
 * Once this returns 0 the note is on disk; *stored_before tells if it had been there already,
 * with the same text. SEARCHD_ECONFLICT: with another text. POOLTOY_ECRASHED: the worker died, and
 * the note may be stored or not: to be sure, store it again. Other codes of pooltoy's: it is not.
 */
int writer_pool_store(struct server *server, const char *id, const char *text, int *stored_before);

#endif
