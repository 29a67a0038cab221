/* SPDX-License-Identifier: MIT */
/* spawn.c: a worker that runs commands, which start with no signal blocked. */
#define _GNU_SOURCE 1
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <pooltoy.h>

/* example: spawn */
static int start_command(char *const arguments[], pid_t *pid)
{
	posix_spawnattr_t attributes;
	sigset_t none;
	int rc = posix_spawnattr_init(&attributes);

	if (rc)
		return rc;
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	rc = posix_spawnp(pid, arguments[0], NULL, &attributes, arguments, environ);
	posix_spawnattr_destroy(&attributes);
	return rc;
}
/* end */

static int run(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	char command[] = "sh", option[] = "-c", text[256];
	char *arguments[] = { command, option, text, NULL };
	pid_t pid;
	int rc, status;

	(void)state;
	if (length >= sizeof text)
		return pooltoy_reply_error(self, POOLTOY_EINVAL);
	memcpy(text, request, length);
	text[length] = '\0';
	rc = start_command(arguments, &pid);
	if (rc)
		return pooltoy_worker_fail(self, "%s: %s", command, strerror(rc));
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return pooltoy_worker_fail(self, "waitpid: %s", strerror(errno));
	}
	return pooltoy_reply(self, &status, sizeof status);
}

static const struct pooltoy_worker_ops runner = POOLTOY_WORKER_OPS(.handle_call = run);

int main(void)
{
	static const char command[] = "kill -TERM $$"; /* would not end if SIGTERM were blocked */
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;
	int status;
	size_t length = sizeof status;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "runners", .worker = &runner, .size = 1),
			       &pool) ||
	    pooltoy_checkout(pool, 1000, &lease) ||
	    pooltoy_call(&lease, command, sizeof command - 1, &status, &length, 5000) ||
	    pooltoy_checkin(&lease))
		errx(1, "%s", pooltoy_last_error());
	pooltoy_pool_release(pool);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGTERM)
		errx(1, "the command was not ended by SIGTERM");
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
