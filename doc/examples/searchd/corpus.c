/* SPDX-License-Identifier: MIT */
/* corpus.c: walks the headers, splits them into paragraphs, and indexes these with FTS5. */
#include <dirent.h>
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "corpus.h"
#include "database.h"

enum { LONGEST_PARAGRAPH = 2000, LARGEST_FILE = 4 << 20 };

static const char schema[] =
	/* Nobody reads this file before it is whole: speed is all that counts. */
	"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;"
	"CREATE TABLE notes (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE VIRTUAL TABLE passages USING fts5 (file UNINDEXED, body);"
	"BEGIN";
static const char insert[] = "INSERT INTO passages (file, body) VALUES (?, ?)";

struct builder {
	sqlite3 *db;
	sqlite3_stmt *insert;
	size_t max_bytes;
	struct corpus_size *size;
};

static int insert_paragraph(struct builder *builder, const char *file, const char *text,
			    size_t length)
{
	sqlite3_bind_text(builder->insert, 1, file, -1, SQLITE_STATIC);
	sqlite3_bind_text(builder->insert, 2, text, (int)length, SQLITE_STATIC);
	sqlite3_step(builder->insert);
	if (sqlite3_reset(builder->insert) != SQLITE_OK) {
		warnx("index %s: %s", file, sqlite3_errmsg(builder->db));
		return -1;
	}
	builder->size->paragraphs++;
	return 0;
}

static int is_blank(const char *line, const char *end)
{
	while (line < end && (*line == ' ' || *line == '\t' || *line == '\r'))
		line++;
	return line == end;
}

/* Blank lines end a paragraph; so does too great a length, at the end of a line. */
static int insert_paragraphs(struct builder *builder, const char *file, const char *text,
			     size_t length)
{
	const char *end = text + length, *start = text, *line = text;

	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *line_end = newline ? newline : end;
		const char *next = newline ? newline + 1 : end;
		int blank = is_blank(line, line_end);

		if (blank || line_end - start > LONGEST_PARAGRAPH || next == end) {
			const char *stop = blank ? line : line_end;

			if (stop > start &&
			    insert_paragraph(builder, file, start, (size_t)(stop - start)))
				return -1;
			start = next;
		}
		line = next;
	}
	return 0;
}

/* The answers to searches are JSON, and so must be UTF-8: what is not ASCII is not worth the care.
 */
static void make_ascii(char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] >= 0x80 || text[i] == '\0')
			text[i] = '?';
}

/* Reads a whole file. Those that cannot be read, or are unreasonably large, are left out. */
static char *read_file(const char *path, size_t *length)
{
	FILE *file = fopen(path, "re");
	struct stat status;
	char *text = NULL;

	if (!file)
		return NULL;
	if (fstat(fileno(file), &status) == 0 && status.st_size <= LARGEST_FILE)
		text = malloc((size_t)status.st_size + 1);
	if (text)
		*length = fread(text, 1, (size_t)status.st_size, file);
	fclose(file);
	return text;
}

static int insert_file(struct builder *builder, const char *path)
{
	size_t length = 0;
	char *text = read_file(path, &length);
	int result;

	if (!text)
		return 0;
	make_ascii(text, length);
	result = insert_paragraphs(builder, path, text, length);
	free(text);
	builder->size->files++;
	builder->size->bytes += length;
	return result;
}

static int is_header(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 2 && strcmp(entry->d_name + length - 2, ".h") == 0;
}

static int is_subdirectory(const struct dirent *entry)
{
	return entry->d_type == DT_DIR && entry->d_name[0] != '.';
}

/*
 * Inserts the headers that are `depth` levels below `directory`. Returns how many directories it
 * has seen on that level, or -1.
 */
static long insert_level(struct builder *builder, const char *directory, int depth)
{
	struct dirent **entries;
	int (*filter)(const struct dirent *) = depth ? is_subdirectory : is_header;
	int count = scandir(directory, &entries, filter, alphasort);
	long seen = depth ? 0 : 1;

	for (int i = 0; i < count; i++) {
		char path[PATH_MAX];
		long below = 0;

		snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
		free(entries[i]);
		if (seen < 0 || builder->size->bytes >= builder->max_bytes)
			continue;
		if (depth)
			below = insert_level(builder, path, depth - 1);
		else
			below = insert_file(builder, path);
		seen = below < 0 ? -1 : seen + below;
	}
	if (count >= 0)
		free(entries);
	return seen;
}

static int insert_all(struct builder *builder, const char *directory)
{
	long seen = 1;

	for (int depth = 0; seen > 0 && builder->size->bytes < builder->max_bytes; depth++)
		seen = insert_level(builder, directory, depth);
	if (seen >= 0 && builder->size->files == 0) {
		warnx("%s: no headers", directory);
		return -1;
	}
	return seen < 0 ? -1 : 0;
}

int corpus_build(const char *path, const char *directory, size_t max_bytes,
		 struct corpus_size *size)
{
	struct builder builder = { .max_bytes = max_bytes, .size = size };
	int code, result = -1;

	*size = (struct corpus_size){ 0 };
	code = database_open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &builder.db);
	if (code == SQLITE_OK)
		code = database_run(builder.db, schema);
	if (code == SQLITE_OK)
		code = database_prepare(builder.db, insert, &builder.insert);
	if (code == SQLITE_OK)
		result = insert_all(&builder, directory);
	sqlite3_finalize(builder.insert);
	if (result == 0)
		code = database_run(builder.db, "COMMIT; PRAGMA journal_mode = WAL");
	if (code != SQLITE_OK)
		warnx("%s: %s", path, sqlite3_errstr(code));
	sqlite3_close(builder.db);
	if (code == SQLITE_OK && result == 0)
		return 0;
	unlink(path);
	return -1;
}
