/* SPDX-License-Identifier: MIT */
/* child.c: starting and stopping searchd. */
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child.h"

enum { STOP_SECONDS = 30 };

static void run_program(const char *program, const char *directory, int output)
{
	/* If the demo dies, so does its server. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	dup2(output, STDOUT_FILENO);
	close(output);
	execl(program, program, "--data", directory, (char *)NULL);
	warn("%s", program);
	_exit(127);
}

int child_start(struct child *child, const char *program, const char *directory)
{
	char line[256];
	int ends[2];

	fflush(stdout);
	if (pipe(ends) || (child->pid = fork()) < 0) {
		warn("start %s", program);
		return -1;
	}
	if (child->pid == 0) {
		close(ends[0]);
		run_program(program, directory, ends[1]);
	}
	close(ends[1]);
	child->output = fdopen(ends[0], "r");
	while (child->output && fgets(line, sizeof line, child->output)) {
		char *url = strstr(line, "http://");

		fputs(line, stdout);
		if (url && sscanf(url, "%63s", child->url) == 1)
			return 0;
	}
	warnx("%s did not come up", program);
	child_stop(child);
	return -1;
}

int child_stop(struct child *child)
{
	int status = -1;
	pid_t ended = 0;

	kill(child->pid, SIGTERM);
	for (int i = 0; i < STOP_SECONDS * 100 && ended == 0; i++) {
		ended = waitpid(child->pid, &status, WNOHANG);
		if (ended == 0)
			nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
	if (ended == 0) {
		warnx("searchd does not stop");
		kill(child->pid, SIGKILL);
		waitpid(child->pid, &status, 0);
	}
	if (child->output)
		fclose(child->output);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
