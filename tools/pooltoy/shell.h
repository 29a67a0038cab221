/* SPDX-License-Identifier: MIT */
/* shell.h: what `pooltoy shell` has: a supervisor of its own, and the leases that were taken by hand. */
#ifndef TOOL_SHELL_H
#define TOOL_SHELL_H

#include "tool.h"

#include <pooltoy.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

enum { SHELL_LEASES = 64, SHELL_WORDS = 16, SHELL_POOL = 64 };

/* A lease by its number, from 1. */
struct shell_lease {
	struct pooltoy_pool *pool; /* NULL: there is none */
	struct pooltoy_lease lease;
};

struct shell {
	struct options options;
	struct shell_lease leases[SHELL_LEASES + 1];
	int last;              /* the number of the lease taken last; 0: none */
	char pool[SHELL_POOL]; /* that was named last; "": none */
	bool over;

	pthread_mutex_t lock; /* guards the next two */
	pthread_cond_t told;
	uint64_t
		ends; /* of what was asked for: deaths, restarts, backoffs and failures that were told */
};

/* Runs a line of words, ended by NULL: an exit status. */
int shell_run(struct shell *shell, char **words);

/* The commands that only the shell has; NULL: there is none of that name. */
typedef int shell_command_fn(struct shell *shell, char **arguments);
shell_command_fn *shell_find(const char *name);

/* Gives all leases back. */
void shell_give_back(struct shell *shell);

/* A worker's ops: NAME, or FILE:SYMBOL. NULL: it has been said why. */
const struct pooltoy_worker_ops *shell_worker(const char *name);

/* Lines, edited and remembered if a person types them; NULL: the end. The caller's to free. */
char *shell_read(FILE *file);
bool shell_is_typed(FILE *file);
void shell_remember(const char *line);
void shell_load_history(void);
void shell_save_history(void);

#endif
