/* SPDX-License-Identifier: MIT */
/* main.c: pooltoy(1): which command, with which options. */
#include "text.h"
#include "tool.h"

#include <getopt.h>
#include <locale.h>
#include <pooltoy/error.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command commands[] = {
	{ "ls", "", "the servers that run and have a control socket", command_ls },
	{ "tree", "", "supervisor, pools, managers, workers; who holds them, since when",
	  command_tree },
	{ "status", "[POOL]", "a line for each pool, or all figures of one", command_status },
	{ "metrics", "", "figures and durations of all pools, as OpenMetrics text",
	  command_metrics },
	{ "events", "[POOL]", "what happens, as it happens", command_events },
	{ "kill", "POOL WORKER|any|manager, or supervisor", "have it die, and see what follows",
	  command_kill },
	{ "restart", "POOL", "a new instance; a pool that was given up is revived",
	  command_restart },
	{ "pause", "POOL", "nobody is given a worker, until it is resumed", command_pause },
	{ "drain", "POOL [SECONDS]", "pause, and wait until all workers are back", command_drain },
	{ "resume", "POOL", "the end of a pause", command_resume },
	{ "resize", "POOL SIZE [OVERFLOW]", "how many workers it has, and may start besides",
	  command_resize },
	{ "replace-workers", "POOL [AT_ONCE]", "one after another, as they are idle",
	  command_replace_workers },
	{ "top", "[name|leased|waiting|checkouts|timeouts|deaths]",
	  "pools and holders, again and again", command_top },
	{ "stacks", "[POOL]", "where they are who hold workers, or are stuck in one",
	  command_stacks },
	{ "observe", "[SERVER...]", "a page for browsers, of all servers or of these",
	  command_observe },
	{ "shell", "[FILE]", "a supervisor of its own, to try pools with", command_shell }
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

int fail(int status, const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	clean_text(text);
	fflush(stdout);
	fprintf(stderr, "pooltoy: %s\n", text);
	return status;
}

const struct command *find_command(const char *name)
{
	for (int i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

int wrong_use(const char *name)
{
	const struct command *command = find_command(name);

	return fail(USAGE, "usage: pooltoy [OPTION...] %s%s%s", name,
		    command->arguments[0] ? " " : "", command->arguments);
}

static void usage(FILE *file)
{
	fputs("usage: pooltoy [OPTION...] COMMAND [ARGUMENT...]\n\n", file);
	for (int i = 0; i < COMMANDS; i++)
		fprintf(file, "  %s %s\n        %s\n", commands[i].name, commands[i].arguments,
			commands[i].purpose);
	fputs("\n  -s, --server SERVER  its PID, program or socket; not needed if only one runs\n"
	      "  -j, --json           for programs\n"
	      "  -n, --count N        end after so many events, or rounds of top\n"
	      "  -d, --delay SECONDS  between rounds of top, and looks of observe; 1 if nothing is "
	      "said\n"
	      "      --port N         where observe listens; 4040 if nothing is said, 0: any free "
	      "one\n"
	      "      --address A      the address of this host that it listens on; 127.0.0.1\n"
	      "      --host NAME      by which browsers may ask for it, besides localhost and "
	      "that\n"
	      "      --help, --version\n\n"
	      "Exit status: 0; 1 if the server refuses; 2 for wrong use; 3 if there is no such\n"
	      "server. pooltoy(1) has the rest.\n",
	      file);
}

static bool is_count(const char *text, long *count)
{
	char *end;

	*count = strtol(text, &end, 10);
	return *text && !*end && *count > 0;
}

/* In seconds, of which 0.1 are the least. */
static bool is_delay(const char *text, long *ms)
{
	char *end;
	double seconds = strtod(text, &end);

	if (!*text || *end || !(seconds >= 0.1 && seconds <= 86400))
		return false;
	*ms = (long)(seconds * 1000);
	return true;
}

/* -1: go on; else the exit status. */
static int take_options(int count, char **arguments, struct options *options)
{
	enum { LONG_HELP = 256, LONG_VERSION, LONG_PORT, LONG_ADDRESS, LONG_HOST };
	static const struct option longs[] = { { "server", required_argument, NULL, 's' },
					       { "json", no_argument, NULL, 'j' },
					       { "count", required_argument, NULL, 'n' },
					       { "delay", required_argument, NULL, 'd' },
					       { "port", required_argument, NULL, LONG_PORT },
					       { "address", required_argument, NULL, LONG_ADDRESS },
					       { "host", required_argument, NULL, LONG_HOST },
					       { "help", no_argument, NULL, LONG_HELP },
					       { "version", no_argument, NULL, LONG_VERSION },
					       { NULL, 0, NULL, 0 } };
	int option;

	while ((option = getopt_long(count, arguments, "s:jn:d:", longs, NULL)) != -1) {
		switch (option) {
		case 's':
			options->server = optarg;
			break;
		case 'j':
			options->json = true;
			break;
		case 'n':
			if (!is_count(optarg, &options->count))
				return fail(USAGE, "not a number: %s", optarg);
			break;
		case 'd':
			if (!is_delay(optarg, &options->interval_ms))
				return fail(USAGE, "not a number of seconds: %s", optarg);
			break;
		case LONG_PORT:
			options->port = optarg;
			break;
		case LONG_ADDRESS:
			options->address = optarg;
			break;
		case LONG_HOST:
			options->host = optarg;
			break;
		case LONG_HELP:
			usage(stdout);
			return DONE;
		case LONG_VERSION:
			puts("pooltoy " POOLTOY_VERSION);
			return DONE;
		default:
			return USAGE;
		}
	}
	return -1;
}

int main(int count, char **arguments)
{
	const char *preferred = getenv("POOLTOY_SERVER");
	struct options options = { .server = preferred && preferred[0] ? preferred : NULL,
				   .interval_ms = 1000,
				   .address = "127.0.0.1",
				   .port = "4040" };
	int status = take_options(count, arguments, &options);
	const struct command *command;

	/* For the screen and lines that are edited; numbers stay as they are. */
	setlocale(LC_CTYPE, "");
	if (status >= 0)
		return status;
	if (optind == count) {
		usage(stderr);
		return USAGE;
	}
	command = find_command(arguments[optind]);
	if (!command)
		return fail(USAGE, "no command %s; pooltoy --help", arguments[optind]);
	status = command->run(&options, arguments + optind + 1);
	if (fflush(stdout) != 0 || ferror(stdout))
		return fail(UNREACHABLE, "cannot write the output");
	return status;
}
