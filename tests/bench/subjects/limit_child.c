/* SPDX-License-Identifier: MIT */
/* limit_child.c: the children of limit_pipe and limit_socket, and who calls them. Forked when the
 * set is opened, ended by the end of what they read. */
#include "subjects/limit_child.h"

#include <err.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "scenarios/measure.h"

struct line {
	struct ends ends;
	pid_t child;
};

struct set {
	unsigned count;
	struct line *lines;
};

static void close_ends(const struct ends *ends)
{
	close(ends->read);
	if (ends->write != ends->read)
		close(ends->write);
}

static _Noreturn void answer_calls(const struct ends *ends)
{
	uint64_t value;

	while (read(ends->read, &value, sizeof value) == sizeof value)
		if (write(ends->write, &value, sizeof value) != sizeof value)
			break;
	_exit(0);
}

static void line_open(struct line *line)
{
	struct ends child;

	make_ends(&line->ends, &child);
	line->child = fork();
	if (line->child < 0)
		err(1, "fork");
	if (line->child == 0) {
		close_ends(&line->ends);
		answer_calls(&child);
	}
	close_ends(&child);
}

static void *call_open(const struct order *order)
{
	struct set *set = must_alloc(sizeof *set);

	set->count = order->threads;
	set->lines = must_alloc(set->count * sizeof *set->lines);
	for (unsigned i = 0; i < set->count; i++)
		line_open(&set->lines[i]);
	return set;
}

/* The last one first: it has a copy of the ends of those before it. */
static void call_close(void *argument)
{
	struct set *set = argument;

	for (unsigned i = set->count; i-- > 0;) {
		close_ends(&set->lines[i].ends);
		waitpid(set->lines[i].child, NULL, 0);
	}
	free(set->lines);
	free(set);
}

static void *join(void *argument, unsigned caller)
{
	struct set *set = argument;

	return &set->lines[caller];
}

static void leave(void *line)
{
	(void)line;
}

static void calls(void *argument, uint64_t calls)
{
	const struct line *line = argument;

	for (uint64_t i = 0; i < calls; i++) {
		uint64_t reply;

		if (write(line->ends.write, &i, sizeof i) != sizeof i ||
		    read(line->ends.read, &reply, sizeof reply) != sizeof reply || reply != i)
			errx(1, "no answer");
	}
}

const struct call_ops limit_child_call = { call_open, call_close, join, leave, calls };
