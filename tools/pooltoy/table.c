/* SPDX-License-Identifier: MIT */
/* table.c: lines in columns as wide as what is in them. */
#include "table.h"

#include <err.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { CELL = 512 };

void table_add(struct table *table, const char *format, ...)
{
	char cell[CELL], *cells;
	va_list arguments;
	size_t size;

	va_start(arguments, format);
	vsnprintf(cell, sizeof cell, format, arguments);
	va_end(arguments);
	size = strlen(cell) + 1;
	cells = realloc(table->cells, table->length + size);
	if (!cells)
		err(3, "pooltoy");
	memcpy(cells + table->length, cell, size);
	table->cells = cells;
	table->length += size;
	table->count++;
}

void table_open(struct table *table, const char *align, const char *const *heads)
{
	*table = (struct table){ .align = align };
	for (size_t i = 0; heads && align[i]; i++)
		table_add(table, "%s", heads[i]);
}

/* What it takes on a terminal: characters of UTF-8, taken for one column each. */
static int width_of(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void measure(const struct table *table, int *widths, size_t columns)
{
	const char *cell = table->cells;

	for (size_t i = 0; i < table->count; i++, cell += strlen(cell) + 1)
		if (width_of(cell) > widths[i % columns])
			widths[i % columns] = width_of(cell);
}

/* Nothing is written behind the last cell of a line that has something in it. */
static void write_line(const struct table *table, const char *cell, const int *widths, FILE *file)
{
	size_t columns = strlen(table->align), last = 0;
	const char *ahead = cell;

	for (size_t i = 0; i < columns; i++, ahead += strlen(ahead) + 1)
		if (ahead[0])
			last = i;
	for (size_t i = 0; i <= last; i++, cell += strlen(cell) + 1) {
		int space = widths[i] - width_of(cell);

		if (table->align[i] == 'r')
			fprintf(file, "%*s%s", space, "", cell);
		else
			fprintf(file, "%s%*s", cell, i < last ? space : 0, "");
		fputs(i < last ? "  " : "\n", file);
	}
}

void table_close(struct table *table, FILE *file)
{
	size_t columns = strlen(table->align);
	int widths[TABLE_COLUMNS] = { 0 };
	const char *cell = table->cells;

	measure(table, widths, columns);
	for (size_t i = 0; i < table->count; i++, cell += strlen(cell) + 1)
		if (i % columns == 0)
			write_line(table, cell, widths, file);
	free(table->cells);
}
