/* SPDX-License-Identifier: MIT */
/* luapool.c: runs the script in a file, or on stdin, in a pool, and prints its result. */
#include "worker.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	MEMORY = 256 << 20,
	LONGEST = 1 << 20, /* of scripts and results */
	START = 30000,     /* ms */
	DEADLINE = 1000,
	GRACE = 200
};

static char script[LONGEST], result[LONGEST];

static size_t read_script(const char *name)
{
	size_t length;

	if (name && !freopen(name, "r", stdin))
		err(1, "%s", name);
	length = fread(script, 1, sizeof script, stdin);
	if (ferror(stdin))
		err(1, "%s", name ? name : "stdin");
	if (length == sizeof script)
		errx(1, "the script is too long");
	return length;
}

static int run_script(struct pooltoy_pool *pool, size_t length)
{
	size_t result_length = sizeof result;
	struct pooltoy_lease lease;
	int code;

	if (pooltoy_checkout(pool, START, &lease))
		errx(1, "%s", pooltoy_last_error());
	code = pooltoy_call(&lease, script, length, result, &result_length, DEADLINE);
	if (code == 0)
		printf("%.*s\n", (int)result_length, result);
	else if (code == POOLTOY_EUSER)
		warnx("%.*s", (int)result_length, result);
	else
		warnx("%s", pooltoy_last_error());
	pooltoy_checkin(&lease);
	return code;
}

int main(int argc, char **argv)
{
	size_t length = read_script(argc > 1 ? argv[1] : NULL);
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;
	int code;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup,
			       POOLTOY_POOL_SPEC(.name = "lua", .worker = &lua_ops, .size = 2,
						 .grace = GRACE, .isolation = POOLTOY_PROCESS,
						 .limits = POOLTOY_LIMITS(.memory = MEMORY)),
			       &pool))
		errx(1, "%s", pooltoy_last_error());
	code = run_script(pool, length);
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(sup, -1) || code;
}
