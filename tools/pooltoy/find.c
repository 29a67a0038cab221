/* SPDX-License-Identifier: MIT */
/* find.c: which servers there are, and which of them is meant. */
#include "server.h"

#include "folder.h"
#include "text.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Folders. */

struct search {
	void (*found)(const char *path, void *argument);
	void *argument;
};

/* A folder that is not its user's alone may have anything in it. */
static void look_into(const struct search *search, const char *folder, uid_t user)
{
	char pattern[512];
	glob_t sockets;

	if (folder_fault(folder, user))
		return;
	snprintf(pattern, sizeof pattern, "%s/*.sock", folder);
	if (glob(pattern, 0, NULL, &sockets) == 0) {
		for (size_t i = 0; i < sockets.gl_pathc; i++)
			search->found(sockets.gl_pathv[i], search->argument);
		globfree(&sockets);
	}
}

/* All folders of that form, each with its user's number at the asterisk; but for one user. */
static void look_at_others(const struct search *search, const char *pattern, uid_t but)
{
	size_t before = (size_t)(strchr(pattern, '*') - pattern);
	glob_t folders;

	if (glob(pattern, 0, NULL, &folders) != 0)
		return;
	for (size_t i = 0; i < folders.gl_pathc; i++) {
		char *end;
		unsigned long user = strtoul(folders.gl_pathv[i] + before, &end, 10);

		if (strcmp(end, pattern + before + 1) == 0 && (uid_t)user != but)
			look_into(search, folders.gl_pathv[i], (uid_t)user);
	}
	globfree(&folders);
}

void server_each(void (*found)(const char *path, void *argument), void *argument)
{
	struct search search = { found, argument };
	uid_t self = geteuid();
	char session[256], login[64], folder[64];
	bool has_session = folder_of_session(session, sizeof session);

	if (has_session)
		look_into(&search, session, self);
	/* Where the server may have had it, though this is, say, by su. */
	snprintf(login, sizeof login, "/run/user/%lu/pooltoy", (unsigned long)self);
	if (!has_session || strcmp(session, login) != 0)
		look_into(&search, login, self);
	if (folder_of_user(folder, sizeof folder, self))
		look_into(&search, folder, self);
	if (self == 0) {
		look_at_others(&search, "/tmp/pooltoy-*", self);
		look_at_others(&search, "/run/user/*/pooltoy", self);
	}
}

/* The choice. */

struct choice {
	const char *wanted; /* NULL: any */
	struct server *server;
	unsigned matches;
};

static bool is_wanted(const struct choice *choice, const struct server *server)
{
	char pid[32];

	snprintf(pid, sizeof pid, "%ld", server_pid(server));
	return !choice->wanted || strcmp(choice->wanted, pid) == 0 ||
	       strcmp(choice->wanted, server_program(server)) == 0;
}

static void offer(const struct server *server)
{
	char line[512];

	snprintf(line, sizeof line, "%8ld  %s  %s", server_pid(server), server_program(server),
		 server->path);
	clean_text(line);
	fprintf(stderr, "%s\n", line);
}

static void consider(const char *path, void *argument)
{
	struct choice *choice = argument;
	struct server server;
	char why[256];

	if (!server_open(&server, path, why, sizeof why)) {
		if (why[0])
			fail(UNREACHABLE, "%s: %s", path, why);
		return;
	}
	if (!is_wanted(choice, &server)) {
		server_close(&server);
	} else if (choice->matches++ > 0) {
		if (choice->matches == 2) {
			fail(UNREACHABLE, "several servers; choose one by -s:");
			offer(choice->server);
		}
		offer(&server);
		server_close(&server);
	} else {
		*choice->server = server;
	}
}

static int choose_path(struct server *server, const char *path)
{
	char why[256];

	if (server_open(server, path, why, sizeof why))
		return DONE;
	return fail(UNREACHABLE, "%s: %s", path, why[0] ? why : "nobody listens there any more");
}

int server_choose(struct server *server, const struct options *options)
{
	struct choice choice = { .wanted = options->server, .server = server };

	if (choice.wanted && strchr(choice.wanted, '/'))
		return choose_path(server, choice.wanted);
	server_each(consider, &choice);
	if (choice.matches == 1)
		return DONE;
	if (choice.matches > 1) {
		server_close(server);
		return UNREACHABLE;
	}
	if (choice.wanted)
		return fail(UNREACHABLE, "no server %s with a control socket", choice.wanted);
	return fail(UNREACHABLE,
		    "no server with a control socket; POOLTOY_CONTROL=1 in its environment "
		    "gives it one");
}
