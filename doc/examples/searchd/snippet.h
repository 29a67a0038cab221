/* SPDX-License-Identifier: MIT */
/* snippet.h: a worker that renders snippets; in a shared object, for a pool of child processes. */
#ifndef SEARCHD_SNIPPET_H
#define SEARCHD_SNIPPET_H

#include <pooltoy.h>

/*
 * A call's request is a text with its 0, marked as the snippets of a search are: "the [mutex] is
 * held". The reply is HTML, without a 0: "the <b>mutex</b> is held".
 */
extern const struct pooltoy_worker_ops snippet_ops;

#endif
