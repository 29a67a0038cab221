/* SPDX-License-Identifier: MIT */
/* shell_commands.c: what is done by hand in the shell: pools, leases, calls. */
#include "shell.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef POOLTOY_WORKERS /* the build says where they are installed */
#define POOLTOY_WORKERS "/usr/lib/pooltoy/workers"
#endif

enum { WAIT_MS = 1000, REPLY = 4096 };

static int told(int code)
{
	return code ? fail(REFUSED, "%s", pooltoy_last_error()) : DONE;
}

static bool take_number(const char *text, int *number)
{
	char *end;
	long value = strtol(text, &end, 0);

	*number = (int)value;
	return *text && !*end && value >= INT_MIN && value <= INT_MAX;
}

static int count_of(char **arguments)
{
	int count = 0;

	while (arguments[count])
		count++;
	return count;
}

/* Workers. */

/* NAME.so in a folder of the list, whose parts are parted by colons; false: in none. */
static bool find_object(const char *folders, const char *name, char *path, size_t size)
{
	while (*folders) {
		size_t length = strcspn(folders, ":");

		if ((size_t)snprintf(path, size, "%.*s/%s.so", (int)length, folders, name) < size &&
		    access(path, R_OK) == 0)
			return true;
		folders += length + (folders[length] == ':');
	}
	return false;
}

const struct pooltoy_worker_ops *shell_worker(const char *name)
{
	const char *folders = getenv("POOLTOY_WORKERS"), *colon = strrchr(name, ':');
	const char *symbol = colon ? colon + 1 : name;
	char path[PATH_MAX];
	void *object, *found;

	if (colon) {
		/* Without a slash it would be looked for where libraries are. */
		snprintf(path, sizeof path, "%s%.*s",
			 memchr(name, '/', (size_t)(colon - name)) ? "" : "./", (int)(colon - name),
			 name);
	} else if (!find_object(folders ? folders : POOLTOY_WORKERS, name, path, sizeof path)) {
		fail(REFUSED, "no worker %s: no %s.so in %s", name, name,
		     folders ? folders : POOLTOY_WORKERS);
		return NULL;
	}
	object = dlopen(path, RTLD_NOW | RTLD_LOCAL); /* for good: its workers may outlive us */
	found = object ? dlsym(object, symbol) : NULL;
	if (!found)
		fail(REFUSED, "no worker %s: %s", name, dlerror());
	return found;
}

/* Pools. */

static int start_pool(struct shell *shell, char **arguments)
{
	struct pooltoy_pool_spec spec = POOLTOY_POOL_SPEC_INIT;

	if (count_of(arguments) < 2 || count_of(arguments) > 4)
		return fail(USAGE, "usage: start_pool NAME WORKER [SIZE [OVERFLOW]]");
	spec.name = arguments[0];
	spec.size = 1;
	if (arguments[2] && (!take_number(arguments[2], &spec.size) ||
			     (arguments[3] && !take_number(arguments[3], &spec.max_overflow))))
		return fail(USAGE, "a size, and an overflow, are numbers");
	spec.worker = shell_worker(arguments[1]);
	return spec.worker ? told(pooltoy_start_pool(shell->options.own, &spec, NULL)) : REFUSED;
}

static int stop_pool(struct shell *shell, char **arguments)
{
	if (count_of(arguments) != 1)
		return fail(USAGE, "usage: stop_pool NAME");
	return told(pooltoy_stop_pool_named(shell->options.own, arguments[0], -1));
}

/* Leases. */

static int vacant_number(const struct shell *shell)
{
	for (int number = 1; number <= SHELL_LEASES; number++)
		if (!shell->leases[number].pool)
			return number;
	return 0;
}

static int checkout(struct shell *shell, char **arguments)
{
	int timeout_ms = WAIT_MS, number = vacant_number(shell), status;
	struct shell_lease *lease = &shell->leases[number];

	if (!arguments[0] || count_of(arguments) > 2 ||
	    (arguments[1] && !take_number(arguments[1], &timeout_ms)))
		return fail(USAGE, "usage: checkout [POOL [MILLISECONDS]], of the pool named last");
	if (number == 0)
		return fail(REFUSED, "no more than %d leases by hand", SHELL_LEASES);
	status = told(pooltoy_find_pool(shell->options.own, arguments[0], &lease->pool));
	if (status)
		return status;
	status = told(pooltoy_checkout(lease->pool, timeout_ms, &lease->lease));
	if (status) {
		pooltoy_pool_release(lease->pool);
		lease->pool = NULL;
		return status;
	}
	shell->last = number;
	printf("lease %d: worker %d of %s\n", number, pooltoy_lease_worker(&lease->lease),
	       arguments[0]);
	return DONE;
}

/* The lease that is named by its number, or taken last; NULL: it has been said that there is none. */
static struct shell_lease *find_lease(struct shell *shell, const char *name)
{
	int number = shell->last;

	if (name && (!take_number(name, &number) || number < 1 || number > SHELL_LEASES))
		number = 0;
	if (number > 0 && shell->leases[number].pool)
		return &shell->leases[number];
	fail(REFUSED, name ? "no lease %s" : "no lease: checkout takes one", name);
	return NULL;
}

static int give_back(struct shell_lease *lease)
{
	int code = pooltoy_checkin(&lease->lease);

	pooltoy_pool_release(lease->pool);
	lease->pool = NULL;
	return code;
}

static int checkin(struct shell *shell, char **arguments)
{
	struct shell_lease *lease;

	if (count_of(arguments) > 1)
		return fail(USAGE, "usage: checkin [LEASE]");
	lease = find_lease(shell, arguments[0]);
	return lease ? told(give_back(lease)) : REFUSED;
}

void shell_give_back(struct shell *shell)
{
	for (int number = 1; number <= SHELL_LEASES; number++)
		if (shell->leases[number].pool)
			give_back(&shell->leases[number]);
}

/* Calls. A number goes as an int, all else as its bytes. */

static void print_reply(const unsigned char *reply, size_t length, bool as_number)
{
	bool printable = true;
	int number;

	for (size_t i = 0; i < length; i++)
		printable = printable && (reply[i] >= 0x20 && reply[i] != 0x7f);
	if (as_number && length == sizeof number) {
		memcpy(&number, reply, sizeof number);
		printf("%d\n", number);
	} else if (printable) {
		printf("%.*s\n", (int)length, (const char *)reply);
	} else {
		for (size_t i = 0; i < length; i++)
			printf("%02x%c", reply[i], i + 1 < length ? ' ' : '\n');
	}
}

static int call_of(struct shell *shell, char **arguments)
{
	struct shell_lease *lease;
	const char *request = arguments[0];
	unsigned char reply[REPLY];
	size_t length = sizeof reply;
	bool is_number;
	int number, status;

	if (count_of(arguments) < 1 || count_of(arguments) > 2)
		return fail(USAGE, "usage: call [LEASE] REQUEST");
	if (arguments[1])
		request = arguments[1];
	lease = find_lease(shell, arguments[1] ? arguments[0] : NULL);
	if (!lease)
		return REFUSED;
	is_number = take_number(request, &number);
	status = told(pooltoy_call(&lease->lease, is_number ? (const void *)&number : request,
				   is_number ? sizeof number : strlen(request), reply, &length,
				   WAIT_MS));
	if (!status)
		print_reply(reply, length, is_number);
	return status;
}

/* The rest. */

static int help(struct shell *shell, char **arguments)
{
	(void)shell;
	(void)arguments;
	fputs("start_pool NAME WORKER [SIZE [OVERFLOW]]  WORKER: a name, or FILE.so:SYMBOL\n"
	      "stop_pool NAME\n"
	      "checkout [POOL [MILLISECONDS]]           without a pool: the one named last\n"
	      "call [LEASE] REQUEST                      a number goes as an int\n"
	      "checkin [LEASE]                           without a number: the one taken last\n"
	      "kill [POOL] WORKER|any|manager            kill supervisor\n"
	      "restart POOL\n"
	      "resize POOL SIZE [OVERFLOW]\n"
	      "pause POOL, drain POOL [SECONDS], resume POOL\n"
	      "replace-workers POOL [AT_ONCE]\n"
	      "tree\n"
	      "status [POOL]\n"
	      "quit\n",
	      stdout);
	return DONE;
}

static int quit(struct shell *shell, char **arguments)
{
	(void)arguments;
	shell->over = true;
	return DONE;
}

shell_command_fn *shell_find(const char *name)
{
	static const struct {
		const char *name;
		shell_command_fn *run;
	} all[] = { { "start_pool", start_pool },
		    { "stop_pool", stop_pool },
		    { "checkout", checkout },
		    { "checkin", checkin },
		    { "call", call_of },
		    { "help", help },
		    { "quit", quit },
		    { "exit", quit } };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (strcmp(all[i].name, name) == 0)
			return all[i].run;
	return NULL;
}
