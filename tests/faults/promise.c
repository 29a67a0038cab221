/* SPDX-License-Identifier: MIT */
/* promise.c: reads lib/pooltoy.map and the public headers. */
#include "faults/promise.h"

#include <pooltoy.h>
#include <ctype.h>
#include <glob.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FUNCTIONS = 256, NAME_SIZE = 64, TEXT_SIZE = 256 * 1024 };

/* Texts of the sources, which the harness names. */

static size_t append_file(const char *path, char *text, size_t length)
{
	FILE *file = fopen(path, "r");

	if (file) {
		length += fread(text + length, 1, TEXT_SIZE - 1 - length, file);
		fclose(file);
	}
	text[length] = 0;
	return length;
}

static char *read_sources(const char *pattern)
{
	const char *source = getenv("srcdir");
	char *text = calloc(1, TEXT_SIZE), path[4096];
	size_t length = 0;
	glob_t found;

	snprintf(path, sizeof path, "%s/%s", source ? source : ".", pattern);
	if (text && glob(path, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			length = append_file(found.gl_pathv[i], text, length);
		globfree(&found);
	}
	return text;
}

/* The map. */

static struct {
	pthread_mutex_t lock;
	unsigned count;
	char names[FUNCTIONS][NAME_SIZE];
} used = { .lock = PTHREAD_MUTEX_INITIALIZER };

static bool is_used(const char *function)
{
	unsigned i = 0;

	while (i < used.count && strcmp(used.names[i], function) != 0)
		i++;
	return i < used.count;
}

void promise_used(const char *function)
{
	pthread_mutex_lock(&used.lock);
	if (!is_used(function) && used.count < FUNCTIONS)
		snprintf(used.names[used.count++], NAME_SIZE, "%s", function);
	pthread_mutex_unlock(&used.lock);
}

/* The lines of the version script that end with a semicolon, but for `*;` and the node's own. */
unsigned promise_unused(const char **first)
{
	static char name[NAME_SIZE];
	char *map = read_sources("lib/pooltoy.map"), *rest = NULL;
	char *private = strstr(map, "POOLTOY_PRIVATE");
	unsigned missing = 0, exported = 0;

	if (private)
		*private = 0; /* what follows is for the library's own helper */
	for (char *line = strtok_r(map, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char function[NAME_SIZE];

		if (sscanf(line, "\t%63[a-z_]", function) != 1 ||
		    strncmp(function, "pooltoy_", strlen("pooltoy_")) != 0)
			continue;
		exported++;
		if (is_used(function))
			continue;
		if (missing++ == 0)
			snprintf(name, sizeof name, "%s", function);
	}
	free(map);
	if (missing == 0 && exported != used.count)
		snprintf(name, sizeof name, "%u exported, but %u used", exported, used.count);
	*first = name;
	return missing + (exported != used.count);
}

/* The headers. */

static const char *code_name(int code)
{
#define CODE(name) \
	case POOLTOY_##name: \
		return "POOLTOY_" #name;
	switch (code) {
		CODE(EINVAL)
		CODE(ENOMEM)
		CODE(EAGAIN)
		CODE(ETIMEDOUT)
		CODE(EBUSY)
		CODE(EFULL)
		CODE(ESTALE)
		CODE(ECRASHED)
		CODE(ESTARTING)
		CODE(EFAILED)
		CODE(ESTOPPED)
		CODE(EEXIST)
		CODE(ENOENT)
		CODE(ECLOSED)
		CODE(ETOOSMALL)
		CODE(EDEADLK)
		CODE(EFORKED)
		CODE(ETHREADEXITED)
		CODE(EVERSION)
		CODE(EQUARANTINED)
	default:
		return "no code of the library";
	}
#undef CODE
}

static bool has_word(const char *begin, const char *end, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = begin; (at = strstr(at, word)) && at < end; at += length)
		if (!isalnum((unsigned char)at[length]) && at[length] != '_')
			return true;
	return false;
}

/* The declaration's own POOLTOY_API, or NULL. */
static const char *find_declaration(const char *headers, const char *function)
{
	char call[NAME_SIZE + 1];
	const char *at = headers, *declaration = NULL;

	snprintf(call, sizeof call, "%s(", function);
	while ((at = strstr(at, "\nPOOLTOY_API"))) {
		const char *end = strchr(at, ';'), *name = strstr(at, call);

		at++;
		if (name && end && name < end && strchr(" \t*\n", name[-1]))
			declaration = at;
	}
	return declaration;
}

static const char *comment_above(const char *headers, const char *declaration)
{
	const char *comment = NULL, *at = headers;

	while ((at = strstr(at, "/*")) && at < declaration)
		comment = at++;
	return comment;
}

/* A comment may say "those of pooltoy_X"; or "the same", as the one above it. */
static bool comment_names(const char *headers, const char *declaration, const char *code)
{
	const char *comment = comment_above(headers, declaration);
	const char *end, *other, *above;
	char function[NAME_SIZE];

	if (!comment)
		return false;
	end = strstr(comment, "*/");
	if (has_word(comment, end, code))
		return true;
	other = strstr(comment, "those of pooltoy_");
	if (other && other < end && sscanf(other, "those of %63[a-z_]", function) == 1)
		return comment_names(headers, find_declaration(headers, function), code);
	other = strstr(comment, "The same");
	if (!other || other > end)
		return false;
	above = comment_above(headers, comment);
	return above && has_word(above, strstr(above, "*/"), code);
}

bool promise_allows(const char *function, int code)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static char *headers;
	const char *declaration;

	pthread_mutex_lock(&lock);
	if (!headers)
		headers = read_sources("include/pooltoy/*.h");
	pthread_mutex_unlock(&lock);
	declaration = find_declaration(headers, function);
	return declaration && comment_names(headers, declaration, code_name(code));
}
