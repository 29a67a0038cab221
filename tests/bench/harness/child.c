/* SPDX-License-Identifier: MIT */
/* child.c: a subject's process: two pipes, one line there, one line back. */
#include "harness/child.h"

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A case may start 20,000 threads or warm a compiler up; more than that, and it hangs. */
enum { ANSWER_MS = 120000 };

void child_start(struct child *child, const char *directory, const char *name)
{
	char path[4096];
	int to[2], from[2];

	memset(child, 0, sizeof *child);
	snprintf(child->name, sizeof child->name, "%s", name);
	snprintf(path, sizeof path, "%s/%s", directory, name);
	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		err(1, "pipe");
	child->pid = fork();
	if (child->pid < 0)
		err(1, "fork");
	if (child->pid == 0) {
		if (dup2(to[0], STDIN_FILENO) < 0 || dup2(from[1], STDOUT_FILENO) < 0)
			err(127, "dup2");
		execl(path, name, (char *)NULL);
		err(127, "%s", path);
	}
	close(to[0]);
	close(from[1]);
	child->to = to[1];
	child->from = from[0];
}

static void reap(struct child *child)
{
	close(child->to);
	close(child->from);
	waitpid(child->pid, NULL, 0);
	child->pid = 0;
}

static const char *give_up(struct child *child, const char *why)
{
	warnx("%s: %s", child->name, why);
	kill(child->pid, SIGKILL);
	reap(child);
	return NULL;
}

/* Reads on until a line is complete; false: there will be none. */
static bool read_line(struct child *child)
{
	char *end;

	child->length = 0;
	do {
		struct pollfd ready = { .fd = child->from, .events = POLLIN };
		ssize_t count;

		if (child->length + 1 >= sizeof child->line || poll(&ready, 1, ANSWER_MS) <= 0)
			return false;
		count = read(child->from, child->line + child->length,
			     sizeof child->line - 1 - child->length);
		if (count <= 0)
			return false;
		child->length += (size_t)count;
		child->line[child->length] = '\0';
		end = strchr(child->line, '\n');
	} while (!end);
	*end = '\0';
	return true;
}

const char *child_ask(struct child *child, const char *line)
{
	size_t length = strlen(line);

	if (child->pid == 0)
		return NULL;
	if (write(child->to, line, length) != (ssize_t)length || write(child->to, "\n", 1) != 1)
		return give_up(child, "is not there any more");
	if (!read_line(child))
		return give_up(child, "does not answer");
	return child->line;
}

void child_end(struct child *child)
{
	if (child->pid != 0)
		reap(child);
}
