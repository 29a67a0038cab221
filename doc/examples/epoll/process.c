/* SPDX-License-Identifier: MIT */
/* process.c: starts the server, looks at it from outside, and stops it. */
#include "process.h"

#include <dirent.h>
#include <err.h>
#include <libgen.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { ARGUMENTS = 8 };

static pid_t server;

static void kill_server(void)
{
	if (server > 0)
		kill(server, SIGKILL);
}

/* By `timeout`, say. */
static void killed(int number)
{
	kill_server();
	_exit(128 + number);
}

/* The address that it says. */
static const char *await_listening(int output)
{
	static const char begin[] = "listening on ";
	static char line[256];
	FILE *file = fdopen(output, "r");

	if (!file || !fgets(line, sizeof line, file) || strncmp(line, begin, strlen(begin)) != 0)
		errx(1, "the server does not say where it listens");
	fclose(file);
	line[strcspn(line, "\n")] = 0;
	return line + strlen(begin);
}

const char *process_start(const char *self, const char *const arguments[])
{
	char directory[4096], path[4128], *argv[ARGUMENTS + 2] = { path };
	posix_spawn_file_actions_t actions;
	int ends[2];

	snprintf(directory, sizeof directory, "%s", self);
	snprintf(path, sizeof path, "%s/server", dirname(directory));
	for (int i = 0; i < ARGUMENTS && arguments[i]; i++)
		argv[i + 1] = (char *)arguments[i];
	if (pipe(ends) || posix_spawn_file_actions_init(&actions) ||
	    posix_spawn_file_actions_adddup2(&actions, ends[1], 1) ||
	    posix_spawn_file_actions_addclose(&actions, ends[0]) ||
	    posix_spawn_file_actions_addclose(&actions, ends[1]) ||
	    posix_spawn(&server, path, &actions, NULL, argv, environ))
		err(1, "%s", path);
	atexit(kill_server);
	signal(SIGTERM, killed);
	signal(SIGINT, killed);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	return await_listening(ends[0]);
}

int process_descriptors(void)
{
	char path[32];
	DIR *directory;
	int count = 0;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)server);
	directory = opendir(path);
	if (!directory)
		err(1, "%s", path);
	for (const struct dirent *entry; (entry = readdir(directory));)
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count;
}

void process_terminate(void)
{
	if (kill(server, SIGTERM))
		err(1, "kill");
}

bool process_has_ended_well(void)
{
	int status;

	if (waitpid(server, &status, 0) != server)
		err(1, "waitpid");
	server = 0;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
