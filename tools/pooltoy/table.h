/* SPDX-License-Identifier: MIT */
/* table.h: lines in columns as wide as what is in them. */
#ifndef TOOL_TABLE_H
#define TOOL_TABLE_H

#include <stdio.h>

enum { TABLE_COLUMNS = 16 };

/* `align`: a letter for each column, `l` or `r`; the last one is as wide as it likes. */
struct table {
	const char *align;
	char *cells; /* one after the other, each ended by 0 */
	size_t length, count;
};

/* The first line is `heads`, one for each column; NULL: there is none. */
void table_open(struct table *table, const char *align, const char *const *heads);
/* The next cell; line after line. */
void table_add(struct table *table, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));
/* Writes it, and frees it. */
void table_close(struct table *table, FILE *file);

#endif
