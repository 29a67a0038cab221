/* SPDX-License-Identifier: MIT */
/* child.h: searchd as a child process. */
#ifndef SEARCHD_CHILD_H
#define SEARCHD_CHILD_H

#include <stdio.h>
#include <sys/types.h>

struct child {
	pid_t pid;
	FILE *output;
	char url[64]; /* http://127.0.0.1:PORT */
};

/*
 * Starts `program` with its data in `directory`, shows what it says, and returns when it listens.
 * 0, or -1 after having said why not. Not in a process with threads.
 */
int child_start(struct child *child, const char *program, const char *directory);

/* Asks it to stop, and waits. Returns its exit status, or -1: it had to be killed, or crashed. */
int child_stop(struct child *child);

#endif
