/* SPDX-License-Identifier: MIT */
/* shell_read.c: lines of a file, or of a person, who edits and remembers them where libedit is there. */
#include "shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if HAVE_LIBEDIT
#include <editline/readline.h>
#endif

bool shell_is_typed(FILE *file)
{
	return file == stdin && isatty(STDIN_FILENO);
}

static char *read_plainly(FILE *file)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length = getline(&line, &size, file);

	if (length < 0) {
		free(line);
		return NULL;
	}
	if (length > 0 && line[length - 1] == '\n')
		line[length - 1] = 0;
	return line;
}

#if HAVE_LIBEDIT

char *shell_read(FILE *file)
{
	return shell_is_typed(file) ? readline("pooltoy> ") : read_plainly(file);
}

void shell_remember(const char *line)
{
	if (line[0])
		add_history(line);
}

static bool history_path(char *path, size_t size)
{
	const char *home = getenv("HOME");

	return home && (size_t)snprintf(path, size, "%s/.pooltoy_history", home) < size;
}

void shell_load_history(void)
{
	char path[4096];

	using_history();
	stifle_history(1000);
	if (history_path(path, sizeof path))
		read_history(path);
}

void shell_save_history(void)
{
	char path[4096];

	if (history_path(path, sizeof path))
		write_history(path);
}

#else

char *shell_read(FILE *file)
{
	if (shell_is_typed(file)) {
		fputs("pooltoy> ", stdout);
		fflush(stdout);
	}
	return read_plainly(file);
}

void shell_remember(const char *line)
{
	(void)line;
}

void shell_load_history(void)
{
}

void shell_save_history(void)
{
}

#endif
