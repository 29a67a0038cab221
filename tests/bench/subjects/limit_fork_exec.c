/* SPDX-License-Identifier: MIT */
/*
 * limit_fork_exec.c: bare child processes: so many forked side by side, each of which executes a
 * program that does nothing, until the last of them has been reaped.
 */
#include <err.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "scenarios/measure.h"
#include "subjects/subject.h"

static void fork_exec(void)
{
	static char program[] = "/bin/true";
	char *const arguments[] = { program, NULL };
	pid_t child = fork();

	if (child < 0)
		err(1, "fork");
	if (child == 0) {
		execv(program, arguments);
		_exit(127);
	}
}

static void reap_one(void)
{
	int status;

	if (wait(&status) < 0)
		err(1, "wait");
	if (status != 0)
		errx(1, "a child did not do nothing: %#x", (unsigned)status);
}

static void *start_open(const struct order *order)
{
	unsigned *count = must_alloc(sizeof *count);

	*count = order->workers;
	return count;
}

static void start_round(void *context, struct answer *found)
{
	const unsigned *count = context;
	uint64_t began = now_ns();

	for (unsigned i = 0; i < *count; i++)
		fork_exec();
	for (unsigned i = 0; i < *count; i++)
		reap_one();
	answer(found, "ns", (double)(now_ns() - began) / *count);
}

static const struct scenario start = { "start", start_open, start_round, free };
static const struct scenario *const scenarios[] = { &start, NULL };

const struct subject subject = { .name = "limit_fork_exec", .scenarios = scenarios };
