/* SPDX-License-Identifier: MIT */
/* try.c: good scripts and bad ones; after each of them the pool serves the next. */
#include "worker.h"

#include <err.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY = 256 << 20, SOON = 30000 /* ms */, DEADLINE = 300, GRACE = 200 };

/* What becomes of the worker that runs it. */
enum fate { LIVES, DIES, EITHER };

struct trial {
	const char *what, *script;
	int timeout, code;
	const char *story; /* part of what the caller gets */
	enum fate fate;
};

static struct pooltoy_supervisor *sup;
static struct pooltoy_pool *interpreters, *doublers;
static bool failed;

static int double_it(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	int number = *(const int *)request * 2;

	(void)state;
	(void)length;
	return pooltoy_reply(self, &number, sizeof number);
}

static const struct pooltoy_worker_ops doubler = POOLTOY_WORKER_OPS(.handle_call = double_it);

/* A sanitizer wants the whole address space. */
static bool is_sanitized(void)
{
	const char *sanitizer = getenv("SANITIZER");

	return sanitizer && sanitizer[0];
}

/* One interpreter: so it is that one, or its successor, who serves the next. */
static void start(void)
{
	const struct pooltoy_limits *limits = POOLTOY_LIMITS(.memory = MEMORY);

	if (pooltoy_supervisor_start_with(
		    POOLTOY_SUPERVISOR_SPEC(.on_event = pooltoy_event_ignore), &sup) ||
	    pooltoy_start_pool(sup,
			       POOLTOY_POOL_SPEC(.name = "lua", .worker = &lua_ops, .size = 1,
						 .grace = GRACE, .backoff_min = POOLTOY_NONE,
						 .isolation = POOLTOY_PROCESS,
						 .limits = is_sanitized() ? NULL : limits),
			       &interpreters) ||
	    pooltoy_start_pool(sup,
			       POOLTOY_POOL_SPEC(.name = "doublers", .worker = &doubler, .size = 2),
			       &doublers))
		errx(1, "%s", pooltoy_last_error());
}

/* `text` is what the caller got: result, error, or what happened to the worker. */
static int run(const char *script, int timeout, char *text, size_t size)
{
	struct pooltoy_lease lease;
	size_t length = size - 1;
	int code;

	if (pooltoy_checkout(interpreters, SOON, &lease))
		errx(1, "%s", pooltoy_last_error());
	code = pooltoy_call(&lease, script, strlen(script), text, &length, timeout);
	if (code == 0 || code == POOLTOY_EUSER)
		text[length] = '\0';
	else
		snprintf(text, size, "%s", pooltoy_last_error());
	pooltoy_checkin(&lease); /* fails if the worker has died, with an error of its own */
	return code;
}

/* The next script, of another user, who sees nothing of the one before. */
static bool next_is_served(void)
{
	char text[512];

	return run("seen = (seen or 0) + 1 return seen", SOON, text, sizeof text) == 0 &&
	       strcmp(text, "1") == 0;
}

static uint64_t count_deaths(struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;

	if (pooltoy_pool_status(pool, &status))
		errx(1, "%s", pooltoy_last_error());
	return status.worker_deaths + status.restarts;
}

static bool threads_serve(void)
{
	struct pooltoy_lease lease;
	int number = 21;
	size_t length = sizeof number;

	if (pooltoy_checkout(doublers, SOON, &lease) ||
	    pooltoy_call(&lease, &number, sizeof number, &number, &length, SOON) ||
	    pooltoy_checkin(&lease))
		return false;
	return number == 42;
}

static void report(bool good, const char *what, const char *text)
{
	printf("%s  %s: %s\n", good ? "ok" : "NOT OK", what, text);
	fflush(stdout);
	failed |= !good;
}

static void try(const struct trial *trial)
{
	uint64_t deaths = count_deaths(interpreters);
	char text[512];
	int code = run(trial->script, trial->timeout, text, sizeof text);
	/* Interrupted at the deadline, a script may say so before its caller is away. */
	bool interrupted = trial->code == POOLTOY_ETIMEDOUT && code == POOLTOY_EUSER &&
			   strstr(text, "interrupted");
	bool good = interrupted || (code == trial->code && strstr(text, trial->story));

	if (!next_is_served() || !threads_serve()) {
		report(false, trial->what, "the next request is not served");
		return;
	}
	deaths = count_deaths(interpreters) - deaths;
	report(good && (trial->fate == EITHER || deaths == (trial->fate == DIES)), trial->what, text);
}

/* Lua's own error, or if memory is so short that it cannot even do that, a crash. */
static void try_allocation_bomb(void)
{
	char text[512];
	int code = run("local s = 'x' while true do s = s .. s end", SOON, text, sizeof text);
	bool good = code == POOLTOY_ECRASHED ||
		    (code == POOLTOY_EUSER && strstr(text, "not enough memory"));

	report(good && next_is_served() && threads_serve(), "allocation bomb", text);
}

/* The module lies beside this program, where libtool puts it. */
static void try_module(const char *self)
{
	char directory[4096], path[4128], script[4224], *found;

	snprintf(directory, sizeof directory, "%s", self);
	snprintf(path, sizeof path, "%s/.libs/crash.so", dirname(directory));
	found = realpath(path, NULL);
	if (!found)
		err(1, "%s", path);
	snprintf(script, sizeof script, "assert(package.loadlib([[%s]], 'luaopen_crash'))()", found);
	free(found);
	try(&(struct trial){ "C module that crashes", script, SOON, POOLTOY_ECRASHED, "signal 11",
			     DIES });
}

static const struct trial trials[] = {
	{ "good script", "return 6 * 7", SOON, 0, "42", LIVES },
	{ "syntax error", "return )", SOON, POOLTOY_EUSER, "unexpected symbol", LIVES },
	{ "runtime error", "local t return t.x", SOON, POOLTOY_EUSER, "index a nil value", LIVES },
	{ "error object", "error({})", SOON, POOLTOY_EUSER, "not a string", LIVES },
	/* Interrupted; killed, if the machine is so busy that this takes longer than `grace`. */
	{ "endless loop", "while true do end", DEADLINE, POOLTOY_ETIMEDOUT, "timed out", EITHER },
	{ "endless loop that catches errors", "local function f() while true do end end "
					      "while true do pcall(f) end",
	  DEADLINE, POOLTOY_ETIMEDOUT, "timed out", EITHER },
	/* Within one C function, where no hook runs. */
	{ "catastrophic pattern", "return string.find(string.rep('a', 40), "
				  "string.rep('a-', 40) .. 'b')",
	  DEADLINE, POOLTOY_ETIMEDOUT, "timed out", DIES },
	{ "os.exit", "os.exit(3)", SOON, POOLTOY_ECRASHED, "exited with status 3", DIES }
};

int main(int argc, char **argv)
{
	(void)argc;
	start();
	for (size_t i = 0; i < sizeof trials / sizeof *trials; i++)
		try(&trials[i]);
	if (!is_sanitized())
		try_allocation_bomb();
	try_module(argv[0]);
	report(threads_serve() && count_deaths(doublers) == 0, "pool of threads",
	       "has noticed nothing");
	pooltoy_pool_release(doublers);
	pooltoy_pool_release(interpreters);
	if (pooltoy_supervisor_stop(sup, -1))
		errx(1, "%s", pooltoy_last_error());
	return failed;
}
