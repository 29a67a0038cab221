/* SPDX-License-Identifier: MIT */
/* guard.c: which requests are answered. */
#include "guard.h"

#include <string.h>
#include <strings.h>

static bool is_name(const char *host, size_t length, const char *name)
{
	return name && strlen(name) == length && strncasecmp(host, name, length) == 0;
}

/* Without the port: "localhost:4040", "[::1]:4040". */
static size_t name_length(const char *host)
{
	const char *end = host[0] == '[' ? strchr(host, ']') : NULL;

	return end ? (size_t)(end + 1 - host) : strcspn(host, ":");
}

bool guard_knows_host(const char *host, const char *const *names)
{
	static const char *const own[] = { "localhost", "127.0.0.1", "[::1]", NULL };
	size_t length = name_length(host);

	for (const char *const *name = own; *name; name++)
		if (is_name(host, length, *name))
			return true;
	for (; *names; names++)
		if (is_name(host, length, *names))
			return true;
	return false;
}

static bool is_own_origin(const char *origin, const char *host)
{
	static const char scheme[] = "http://";

	return strncasecmp(origin, scheme, sizeof scheme - 1) == 0 &&
	       strcasecmp(origin + sizeof scheme - 1, host) == 0;
}

/* A link to the page may be anywhere; all else is asked for by the page itself, or by hand. */
static bool is_foreign(const struct asked *asked)
{
	if (!asked->site || strcmp(asked->site, "same-origin") == 0 ||
	    strcmp(asked->site, "none") == 0)
		return false;
	return !asked->mode || strcmp(asked->mode, "navigate") != 0;
}

const char *guard_refuses(const struct asked *asked, const char *const *names, unsigned *status)
{
	*status = 403;
	if (!asked->host || !guard_knows_host(asked->host, names))
		return "This is not the name of this host; --host gives it one.\n";
	if (asked->origin && !is_own_origin(asked->origin, asked->host))
		return "Another page may not ask.\n";
	if (is_foreign(asked))
		return "Another page may not ask.\n";
	*status = 405;
	if (strcmp(asked->method, "GET") != 0 && strcmp(asked->method, "HEAD") != 0)
		return "There is only something to look at here: GET and HEAD.\n";
	return NULL;
}
