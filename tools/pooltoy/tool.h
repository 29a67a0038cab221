/* SPDX-License-Identifier: MIT */
/* tool.h: what the commands of pooltoy(1) share. */
#ifndef TOOL_H
#define TOOL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Exit statuses. */
enum {
	DONE = 0,
	REFUSED = 1, /* the server said no */
	USAGE = 2,
	UNREACHABLE = 3 /* no server, or more than one, or one that does not answer */
};

struct options {
	bool json;
	const char *server;             /* PID, program or path; NULL: the only one */
	struct pooltoy_supervisor *own; /* the shell's: it is asked, and no server */
	long count;                     /* of events, or of rounds; 0: no end */
	long interval_ms;               /* of top, and of the looks of observe */
	const char *address, *port;     /* where observe listens */
	const char *host;               /* another name of this host, for observe; NULL: none */
};

/* Each returns an exit status. `arguments` are those after the command's name, ended by NULL. */
int command_ls(const struct options *options, char **arguments);
int command_tree(const struct options *options, char **arguments);
int command_status(const struct options *options, char **arguments);
int command_events(const struct options *options, char **arguments);
int command_kill(const struct options *options, char **arguments);
int command_metrics(const struct options *options, char **arguments);
int command_pause(const struct options *options, char **arguments);
int command_drain(const struct options *options, char **arguments);
int command_resume(const struct options *options, char **arguments);
int command_replace_workers(const struct options *options, char **arguments);
int command_resize(const struct options *options, char **arguments);
int command_stacks(const struct options *options, char **arguments);
int command_top(const struct options *options, char **arguments);
int command_observe(const struct options *options, char **arguments);
int command_shell(const struct options *options, char **arguments);
int command_restart(const struct options *options, char **arguments);

struct command {
	const char *name, *arguments, *purpose;
	int (*run)(const struct options *options, char **arguments);
};
/* Of the command line; NULL: there is none of that name. */
const struct command *find_command(const char *name);

/* Says it on stderr, as "pooltoy: ...", and returns `status`. */
int fail(int status, const char *format, ...) __attribute__((__format__(__printf__, 2, 3)));
/* Too many or too few arguments. */
int wrong_use(const char *command);

#endif
