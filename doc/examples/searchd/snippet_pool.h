/* SPDX-License-Identifier: MIT */
/* snippet_pool.h: pool "snippet": two workers that render, each in a process of its own. */
#ifndef SEARCHD_SNIPPET_POOL_H
#define SEARCHD_SNIPPET_POOL_H

#include "server.h"

enum { SNIPPET_WORKERS = 2 };

/* Starts the pool. Returns 0, or a code of pooltoy's. */
int snippet_pool_start(struct server *server);

/*
 * Renders a text as HTML: "the [mutex] is held" as "the <b>mutex</b> is held". 0: the reply is the
 * HTML. Otherwise a code of pooltoy's; POOLTOY_ECRASHED: this text has crashed its worker.
 */
int snippet_pool_render(struct server *server, const char *text, struct reply *reply);

#endif
