/* SPDX-License-Identifier: MIT */
/* shell.c: `pooltoy shell`: a supervisor of its own, and lines that are typed, or come from a file. */
#include "shell.h"

#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Events: said as they come, and waited for by who has brought them about. */

static bool is_end(const struct pooltoy_event *event)
{
	switch (event->type) {
	case POOLTOY_EVENT_WORKER_DIED:
	case POOLTOY_EVENT_WORKER_QUARANTINED:
	case POOLTOY_EVENT_POOL_RESTARTED:
	case POOLTOY_EVENT_POOL_BACKOFF:
	case POOLTOY_EVENT_POOL_FAILED:
	case POOLTOY_EVENT_POOL_REVIVED:
	case POOLTOY_EVENT_POOL_RESIZED:
	case POOLTOY_EVENT_SUPERVISOR_RESTARTED:
		return true;
	default:
		return false;
	}
}

static void hear(const struct pooltoy_event *event, void *argument)
{
	struct shell *shell = argument;
	char line[512];

	if (event->severity >= POOLTOY_WARNING || is_end(event)) {
		pooltoy_event_format(event, line, sizeof line);
		clean_text(line);
		printf("* %s\n", line);
		fflush(stdout);
	}
	if (!is_end(event))
		return;
	pthread_mutex_lock(&shell->lock);
	shell->ends++;
	pthread_cond_broadcast(&shell->told);
	pthread_mutex_unlock(&shell->lock);
}

static uint64_t ends(struct shell *shell)
{
	uint64_t count;

	pthread_mutex_lock(&shell->lock);
	count = shell->ends;
	pthread_mutex_unlock(&shell->lock);
	return count;
}

/* A request has been made of what was `before`: so that the next line meets what it has led to. */
static void await_end(struct shell *shell, uint64_t before)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += 5;
	pthread_mutex_lock(&shell->lock);
	while (shell->ends == before &&
	       pthread_cond_clockwait(&shell->told, &shell->lock, CLOCK_MONOTONIC, &until) == 0)
		;
	pthread_mutex_unlock(&shell->lock);
}

/* Lines. */

static bool leads_to_an_end(const char *name)
{
	return strcmp(name, "kill") == 0 || strcmp(name, "restart") == 0 ||
	       strcmp(name, "resize") == 0;
}

static bool is_shared(const char *name)
{
	static const char *const others[] = { "tree",  "status", "pause",
					      "drain", "resume", "replace-workers" };

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (strcmp(others[i], name) == 0)
			return true;
	return leads_to_an_end(name);
}

/* The pool of `checkout`, or of `kill WORKER`, if none is named: the one named last. There is room for it. */
static void supply_pool(struct shell *shell, char **words)
{
	bool lacks = strcmp(words[0], "checkout") == 0
			     ? !words[1]
			     : strcmp(words[0], "kill") == 0 && words[1] && !words[2] &&
				       strcmp(words[1], "supervisor") != 0;

	if (!lacks || !shell->pool[0])
		return;
	words[2] = words[1];
	words[1] = shell->pool;
	words[words[2] ? 3 : 2] = NULL;
}

/* A line has done what it says. */
static void note_pool(struct shell *shell, char **words)
{
	static const char *const pools[] = { "start_pool", "checkout",       "kill",  "restart",
					     "resize",     "pause",          "drain", "resume",
					     "status",     "replace-workers" };

	if (!words[1] || words[1] == shell->pool || strcmp(words[1], "supervisor") == 0)
		return;
	if (strcmp(words[0], "stop_pool") == 0 && strcmp(words[1], shell->pool) == 0)
		shell->pool[0] = 0;
	for (size_t i = 0; i < sizeof pools / sizeof pools[0]; i++)
		if (strcmp(pools[i], words[0]) == 0)
			snprintf(shell->pool, sizeof shell->pool, "%s", words[1]);
}

/* A line of words, with the pool that it does not name. */
static int run_words(struct shell *shell, char **words)
{
	shell_command_fn *own = shell_find(words[0]);
	uint64_t before = ends(shell);
	int status;

	if (own)
		return own(shell, words + 1);
	if (!is_shared(words[0]))
		return fail(USAGE, "no command %s; help says what there is", words[0]);
	status = find_command(words[0])->run(&shell->options, words + 1);
	if (!status && leads_to_an_end(words[0]))
		await_end(shell, before);
	return status;
}

int shell_run(struct shell *shell, char **words)
{
	int status;

	supply_pool(shell, words);
	status = run_words(shell, words);
	if (!status)
		note_pool(shell, words);
	return status;
}

/* In place: words between blanks, commas and parentheses, up to a `#`. False: too many. */
static bool split(char *line, char **words)
{
	int count = 0;

	line[strcspn(line, "#")] = 0;
	for (char *word = strtok(line, " \t,()"); word; word = strtok(NULL, " \t,()")) {
		if (count == SHELL_WORDS)
			return false;
		words[count++] = word;
	}
	words[count] = NULL;
	return true;
}

/* A line that begins with `!` is to fail. */
static int run_line(struct shell *shell, char *line)
{
	char *words[SHELL_WORDS + 1];
	bool is_to_fail;
	int status;

	line += strspn(line, " \t");
	is_to_fail = *line == '!';
	if (!split(line + is_to_fail, words))
		return fail(USAGE, "more than %d words", SHELL_WORDS);
	if (!words[0])
		return is_to_fail ? fail(USAGE, "usage: ! COMMAND, which is to fail") : DONE;
	status = shell_run(shell, words);
	if (!is_to_fail || status == USAGE)
		return status;
	return status == REFUSED ? DONE : fail(REFUSED, "%s did not fail", words[0]);
}

/* Who types goes on after what failed; a script ends with it. */
static int run_lines(struct shell *shell, FILE *file)
{
	bool typed = shell_is_typed(file);
	int status = DONE, number = 0;
	char *line;

	while (!shell->over && (typed || status == DONE) && (line = shell_read(file))) {
		number++;
		if (typed)
			shell_remember(line);
		status = run_line(shell, line);
		fflush(stdout);
		if (status && !typed)
			fprintf(stderr, "pooltoy: that was line %d\n", number);
		free(line);
	}
	return typed ? DONE : status;
}

/* From the start to the end. */

static int run_file(struct shell *shell, const char *name)
{
	FILE *file = name ? fopen(name, "re") : stdin;
	int status;

	if (!file)
		return fail(USAGE, "%s: %s", name, strerror(errno));
	if (shell_is_typed(file)) {
		shell_load_history();
		puts("help says what there is; try: start_pool poolio doubler 3");
	}
	status = run_lines(shell, file);
	if (shell_is_typed(file))
		shell_save_history();
	if (file != stdin)
		fclose(file);
	return status;
}

int command_shell(const struct options *options, char **arguments)
{
	static struct shell shell = { .lock = PTHREAD_MUTEX_INITIALIZER,
				      .told = PTHREAD_COND_INITIALIZER };
	int status;

	if (arguments[0] && arguments[1])
		return wrong_use("shell");
	if (options->json)
		return fail(USAGE, "the shell has no JSON");
	shell.options = *options;
	status = pooltoy_supervisor_start_with(
		POOLTOY_SUPERVISOR_SPEC(.on_event = hear, .event_argument = &shell),
		&shell.options.own);
	if (status)
		return fail(REFUSED, "%s", pooltoy_last_error());
	status = run_file(&shell, arguments[0]);
	shell_give_back(&shell);
	if (pooltoy_supervisor_stop(shell.options.own, -1))
		return fail(REFUSED, "%s", pooltoy_last_error());
	return status;
}
