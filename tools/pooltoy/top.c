/* SPDX-License-Identifier: MIT */
/* top.c: `pooltoy top`: pools and holders, again and again: on a terminal by ncurses, else as plain text. */
#include "top_rows.h"

#include "server.h"
#include "text.h"

#include <err.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#if HAVE_NCURSES
#include <curses.h>
#include <term.h> /* names many macros, such as `lines` */
#endif

enum { PLAIN_LINES = 40 };

struct top {
	const struct options *options;
	struct server server;
	enum top_key key;
	json_t *now, *before; /* trees */
	struct timespec at, then;
};

static double seconds_between(const struct timespec *from, const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) / 1e9;
}

/* The next tree: an exit status. */
static int look(struct top *top)
{
	json_t *tree;
	int status;

	tree = server_ask(&top->server, json_pack("{s:s}", "method", "tree"), &status);
	if (!tree)
		return status;
	if (!top->options->json)
		clean_value(tree);
	json_decref(top->before);
	top->before = top->now;
	top->then = top->at;
	top->now = tree;
	clock_gettime(CLOCK_MONOTONIC, &top->at);
	return DONE;
}

static void write_head(const struct top *top, FILE *file)
{
	time_t now = time(NULL);
	struct tm local;
	char clock[32];

	localtime_r(&now, &local);
	strftime(clock, sizeof clock, "%H:%M:%S", &local);
	fprintf(file, "%s  %s (%ld)  by %s\n", clock, server_program(&top->server),
		server_pid(&top->server), top_key_name(top->key));
}

static void write_all(const struct top *top, FILE *file, int rows)
{
	write_head(top, file);
	top_write(file, top->now, top->before, seconds_between(&top->then, &top->at), top->key,
		  rows - 1);
}

static bool is_last(const struct top *top, long round)
{
	return top->options->count > 0 && round >= top->options->count;
}

/* Plain: one after the other, parted by an empty line. */
static int run_plain(struct top *top)
{
	int status;

	for (long round = 1;; round++) {
		status = look(top);
		if (status)
			return status;
		if (top->options->json)
			print_json_line(top->now);
		else
			write_all(top, stdout, PLAIN_LINES);
		if (is_last(top, round) || fflush(stdout) != 0)
			return DONE;
		if (!top->options->json)
			putchar('\n');
		poll(NULL, 0, (int)top->options->interval_ms);
	}
}

#if HAVE_NCURSES

static void draw(const struct top *top)
{
	char *text = NULL, *line, *rest;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		err(UNREACHABLE, "pooltoy");
	write_all(top, file, LINES - 1);
	fclose(file);
	erase();
	rest = text;
	for (int row = 0; row < LINES - 1 && (line = strsep(&rest, "\n")); row++)
		mvaddnstr(row, 0, line, COLS);
	mvaddnstr(LINES - 1, 0, "q ends  s sorts by the next  r looks again", COLS);
	refresh();
	free(text);
}

/* False: it is over. */
static bool obey(struct top *top, int key)
{
	if (key == 's')
		top->key = (top->key + 1) % TOP_KEYS;
	return key != 'q';
}

/* initscr ends the program if it is not. */
static bool is_terminal_known(void)
{
	int found;
	bool known = setupterm(NULL, STDOUT_FILENO, &found) == OK;

	if (known)
		del_curterm(cur_term);
	return known;
}

static int run_screen(struct top *top)
{
	int status;

	if (!is_terminal_known() || !initscr())
		return run_plain(top);
	cbreak();
	noecho();
	curs_set(0);
	timeout((int)top->options->interval_ms);
	status = look(top);
	for (long round = 1; !status; round++) {
		draw(top);
		if (is_last(top, round) || !obey(top, getch()))
			break;
		status = look(top);
	}
	endwin();
	if (status) /* once more: what was said so far has gone with the screen */
		fail(status, "%s (%ld) answers no more", server_program(&top->server),
		     server_pid(&top->server));
	return status;
}

#else

static int run_screen(struct top *top)
{
	return run_plain(top);
}

#endif

/* Who sees it, and has keys to press. */
static bool is_for_a_person(const struct options *options)
{
	return isatty(STDOUT_FILENO) && isatty(STDIN_FILENO) && !options->json;
}

int command_top(const struct options *options, char **arguments)
{
	struct top top = { .options = options, .key = TOP_NAME };
	int status;

	if (arguments[0])
		top.key = top_key_of(arguments[0]);
	if (top.key == TOP_KEYS || (arguments[0] && arguments[1]))
		return wrong_use("top");
	status = server_choose(&top.server, options);
	if (status)
		return status;
	clean_value(top.server.greeting);
	status = is_for_a_person(options) ? run_screen(&top) : run_plain(&top);
	server_close(&top.server);
	json_decref(top.now);
	json_decref(top.before);
	return status;
}
