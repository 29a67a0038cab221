/* SPDX-License-Identifier: MIT */
/* debugger.c: a debugger as a child, which has only so long. */
#include "debugger.h"

#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	LOOK_MS = 100,
	WAIT_MS = 10,
	PATIENCE_MS = DEBUGGER_SECONDS * 1000,
	CHUNK = 4096,
	ROOM = 16 * CHUNK
};

struct debugger {
	pid_t child;
	int output;
	int64_t deadline_ms;
	sigset_t mask; /* before its time */
	char *text;
	size_t length, size;
};

/* Of signals that would end this process, and leave the server as it stands. */
static void set_enders(sigset_t *enders)
{
	sigemptyset(enders);
	sigaddset(enders, SIGINT);
	sigaddset(enders, SIGTERM);
	sigaddset(enders, SIGHUP);
	sigaddset(enders, SIGQUIT);
}

/* The debugger's environment: it is not to ask servers of the network for what it lacks. NULL: no memory. */
static char **make_environment(void)
{
	static const char unwanted[] = "DEBUGINFOD_URLS=";
	size_t count = 0, kept = 0;
	char **made;

	while (environ[count])
		count++;
	made = calloc(count + 1, sizeof *made);
	for (size_t i = 0; made && i < count; i++)
		if (strncmp(environ[i], unwanted, sizeof unwanted - 1) != 0)
			made[kept++] = environ[i];
	return made;
}

/* In a child of a process that may have other threads: by what is safe there. */
static void become_debugger(const struct debugger *debugger, char *pid, char **environment,
			    int output)
{
	char *eu_stack[] = { "eu-stack", "-p", pid, NULL };
	char *gdb[] = { "gdb", "-nx", "-batch", "-p", pid, "-ex", "thread apply all bt", NULL };
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	/* Ctrl-C is not for it: it would leave the server as it stands. */
	setpgid(0, 0);
	dup2(nothing, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	sigprocmask(SIG_SETMASK, &debugger->mask, NULL);
	execvpe(eu_stack[0], eu_stack, environment);
	execvpe(gdb[0], gdb, environment);
	_exit(127);
}

static bool start(struct debugger *debugger, long pid)
{
	char number[32], **environment = make_environment();
	int ends[2];

	snprintf(number, sizeof number, "%ld", pid);
	fflush(stdout);
	if (!environment || pipe2(ends, O_CLOEXEC) != 0) {
		free(environment);
		return false;
	}
	debugger->child = fork();
	if (debugger->child == 0)
		become_debugger(debugger, number, environment, ends[1]);
	free(environment);
	close(ends[1]);
	debugger->output = ends[0];
	if (debugger->child < 0) {
		close(ends[0]);
		return false;
	}
	setpgid(debugger->child, debugger->child); /* whoever is first */
	return true;
}

/* Whether it may go on. */
static enum debugger_end look(const struct debugger *debugger)
{
	sigset_t enders, pending, due;

	set_enders(&enders);
	if (sigpending(&pending) == 0 && sigandset(&due, &pending, &enders) == 0 &&
	    !sigisemptyset(&due))
		return DEBUGGER_INTERRUPTED;
	return clock_ms(CLOCK_MONOTONIC) < debugger->deadline_ms ? DEBUGGER_ENDED : DEBUGGER_LATE;
}

/* False: there is no more. */
static bool take_some(struct debugger *debugger)
{
	ssize_t got;

	if (debugger->size - debugger->length <= CHUNK) {
		char *text = realloc(debugger->text, debugger->size + ROOM);

		if (!text)
			return false;
		debugger->text = text;
		debugger->size += ROOM;
	}
	got = read(debugger->output, debugger->text + debugger->length, CHUNK);
	if (got > 0)
		debugger->length += (size_t)got;
	return got > 0 || (got < 0 && errno == EINTR);
}

/* Until its output ends, and it does; or it has been killed. */
static enum debugger_end attend(struct debugger *debugger, int *status)
{
	struct pollfd readable = { .fd = debugger->output, .events = POLLIN };
	enum debugger_end end = DEBUGGER_ENDED;
	bool more = true;

	while (more && end == DEBUGGER_ENDED) {
		if (poll(&readable, 1, LOOK_MS) > 0)
			more = take_some(debugger);
		end = look(debugger);
	}
	while (end == DEBUGGER_ENDED && waitpid(debugger->child, status, WNOHANG) == 0) {
		poll(NULL, 0, WAIT_MS);
		end = look(debugger);
	}
	if (end != DEBUGGER_ENDED) {
		kill(-debugger->child, SIGKILL);
		waitpid(debugger->child, status, 0);
	}
	return end;
}

static bool is_stopped(long pid)
{
	char name[64], line[512] = "";
	const char *state;
	FILE *file;

	snprintf(name, sizeof name, "/proc/%ld/stat", pid);
	file = fopen(name, "re");
	if (file) {
		if (!fgets(line, sizeof line, file))
			line[0] = 0;
		fclose(file);
	}
	state = strrchr(line, ')'); /* the name before it may be anything */
	return state && strncmp(state, ") T", 3) == 0;
}

char *debugger_ask(long pid, enum debugger_end *end)
{
	struct debugger debugger = { .text = NULL };
	bool was_stopped = is_stopped(pid);
	sigset_t enders;
	int status = 0;

	*end = DEBUGGER_MISSING;
	set_enders(&enders);
	pthread_sigmask(SIG_BLOCK, &enders, &debugger.mask);
	debugger.deadline_ms = clock_ms(CLOCK_MONOTONIC) + PATIENCE_MS;
	if (start(&debugger, pid)) {
		*end = attend(&debugger, &status);
		close(debugger.output);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
			*end = DEBUGGER_MISSING;
		/* Where a debugger is killed, the stop that it came with may be left to the server. */
		if (*end != DEBUGGER_MISSING && !was_stopped && WIFSIGNALED(status))
			kill((pid_t)pid, SIGCONT);
	}
	pthread_sigmask(SIG_SETMASK, &debugger.mask, NULL);
	if (debugger.text)
		debugger.text[debugger.length] = 0;
	return debugger.text;
}
