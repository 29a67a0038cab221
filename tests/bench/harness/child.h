/* SPDX-License-Identifier: MIT */
/* child.h: a subject's process, spoken to by lines. */
#ifndef POOLTOY_TESTS_BENCH_CHILD_H
#define POOLTOY_TESTS_BENCH_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct child {
	char name[32];
	pid_t pid; /* 0: it has ended */
	int to, from;
	size_t length; /* of what has come so far of a line */
	char line[4096];
};

/* Starts the program of that name in `directory`; ends this process if that fails. */
void child_start(struct child *child, const char *directory, const char *name);
/*
 * Sends a line and waits for the one that answers it, which stays until the next. A child that has
 * ended, or does not answer in time and is ended for that, answers NULL, after a word to stderr.
 */
const char *child_ask(struct child *child, const char *line);
/* Lets it end. */
void child_end(struct child *child);

#endif
