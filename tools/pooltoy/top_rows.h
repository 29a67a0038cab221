/* SPDX-License-Identifier: MIT */
/* top_rows.h: what `pooltoy top` shows, as text: of two trees, one after the other. */
#ifndef TOOL_TOP_ROWS_H
#define TOOL_TOP_ROWS_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/* What pools are sorted by; the order of the keys. */
enum top_key {
	TOP_NAME,
	TOP_LEASED,
	TOP_WAITING,
	TOP_CHECKOUTS,
	TOP_TIMEOUTS,
	TOP_DEATHS,
	TOP_KEYS
};

/* "name", "leased", ...; and back: TOP_KEYS for what is none. */
const char *top_key_name(enum top_key key);
enum top_key top_key_of(const char *name);

/*
 * Writes the pools of a tree, with what has happened each second since `before` (NULL: nothing is
 * known of that), and below them the workers that have been held for longest, as far as there are
 * `lines`.
 */
void top_write(FILE *file, const json_t *tree, const json_t *before, double seconds,
	       enum top_key key, int lines);

#endif
