/* SPDX-License-Identifier: MIT */
/* search_pool.h: pool "search": four workers that read, each with its own connection. */
#ifndef SEARCHD_SEARCH_POOL_H
#define SEARCHD_SEARCH_POOL_H

#include "server.h"

enum { SEARCH_WORKERS = 4 };

/* Starts the pool. Returns 0, or a code of pooltoy's. */
int search_pool_start(struct server *server);

/*
 * Finds the passages that match an FTS5 query, best first, `max_hits` of them at most.
 * 0: the reply is JSON: {"query": ..., "hits": [{"file": ..., "snippet": ...}, ...]}.
 * SEARCHD_EQUERY: the reply is the reason, a text. Otherwise a code of pooltoy's.
 */
int search_pool_find(struct server *server, const char *query, int max_hits, struct reply *reply);

#endif
