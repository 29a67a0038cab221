/* SPDX-License-Identifier: MIT */
/*
 * stacks.c: `pooltoy stacks`: where those threads are who hold workers, or are in a call, or stuck; and of workers in
 * child processes, where those are.
 */
#include "stacks.h"

#include "text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS_MOST = 256, LABEL = 256 };

struct wanted {
	int64_t process; /* a child of the server; 0: the server itself */
	int64_t thread;
	char label[LABEL];
	bool shown;
};

struct stacks {
	FILE *file;
	struct wanted threads[THREADS_MOST];
	size_t count, too_many;
};

/* Which threads. */

static void want(struct stacks *stacks, int64_t process, int64_t thread, const char *label)
{
	struct wanted *wanted = &stacks->threads[stacks->count];

	if (thread == 0)
		return;
	if (stacks->count == THREADS_MOST) {
		stacks->too_many++;
		return;
	}
	*wanted = (struct wanted){ .process = process, .thread = thread };
	snprintf(wanted->label, sizeof wanted->label, "%s", label);
	stacks->count++;
}

static void want_worker(struct stacks *stacks, const json_t *pool, const json_t *worker)
{
	const json_t *holder = json_object_get(worker, "holder");
	const char *state = string_of(worker, "state"), *name = string_of(pool, "pool");
	bool calling = json_is_true(json_object_get(worker, "calling"));
	int64_t index = number_of(worker, "worker"), thread = number_of(worker, "thread");
	int64_t process = number_of(worker, "process");
	char label[LABEL], held[32];

	snprintf(label, sizeof label, "worker %lld of %s, %s%s", (long long)index, name, state,
		 calling ? ", in a call" : "");
	if (calling || (strcmp(state, "idle") != 0 && strcmp(state, "leased") != 0)) {
		want(stacks, 0, thread, label);
		want(stacks, process, process, label); /* its main thread runs the callbacks */
	}
	if (!holder || number_of(holder, "thread") == thread)
		return;
	write_duration(held, sizeof held, (uint64_t)number_of(holder, "held_ns"));
	snprintf(label, sizeof label, "holds worker %lld of %s for %s", (long long)index, name,
		 held);
	want(stacks, 0, number_of(holder, "thread"), label);
}

/* False: there is no such pool. */
static bool choose_threads(struct stacks *stacks, const json_t *tree, const char *only, long number)
{
	size_t pool_index, index;
	json_t *pool, *worker;
	bool found = !only;

	json_array_foreach (json_object_get(tree, "pools"), pool_index, pool) {
		if (only && strcmp(string_of(pool, "pool"), only) != 0)
			continue;
		found = true;
		json_array_foreach (json_object_get(pool, "workers"), index, worker) {
			if (number == ALL_WORKERS || number_of(worker, "worker") == number)
				want_worker(stacks, pool, worker);
		}
	}
	for (size_t i = 0; i < stacks->count; i++)
		clean_text(stacks->threads[i].label);
	return found;
}

/* Their stacks, of a debugger that prints those of all threads. */

/*
 * The thread whose stack this line begins: "TID 12:", or "Thread 3 (... (LWP 12) ...", or, of a process with one
 * alone, "Thread 1 (process 12)". 0: none.
 */
static int64_t thread_of_line(const char *line)
{
	const char *lwp;

	if (strncmp(line, "TID ", 4) == 0)
		return strtoll(line + 4, NULL, 10);
	if (strncmp(line, "Thread ", 7) != 0)
		return 0;
	lwp = strstr(line, "(LWP ");
	if (lwp)
		return strtoll(lwp + 5, NULL, 10);
	lwp = strstr(line, "(process ");
	return lwp ? strtoll(lwp + 9, NULL, 10) : 0;
}

/* Says of whom the stack is that begins; false: of nobody who is wanted. */
static bool announce(struct stacks *stacks, int64_t process, int64_t thread)
{
	bool found = false;

	for (size_t i = 0; i < stacks->count; i++) {
		struct wanted *wanted = &stacks->threads[i];

		if (wanted->process != process || wanted->thread != thread)
			continue;
		wanted->shown = true;
		fprintf(stacks->file, "%s %lld: %s\n", process ? "process" : "thread",
			(long long)thread, wanted->label);
		found = true;
	}
	return found;
}

static void show_stacks(struct stacks *stacks, int64_t process, FILE *output)
{
	bool showing = false;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, output) > 0) {
		int64_t thread = thread_of_line(line);

		if (thread) {
			showing = announce(stacks, process, thread);
		} else if (showing && line[0] == '#') {
			clean_text(line);
			fprintf(stacks->file, "    %s", line);
		}
	}
	free(line);
}

/* In a child of a process that may have other threads: by what is safe there. */
static void become_debugger(const char *pid, int output)
{
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	execlp("eu-stack", "eu-stack", "-p", pid, (char *)NULL);
	execlp("gdb", "gdb", "-nx", "-batch", "-p", pid, "-ex", "thread apply all bt",
	       (char *)NULL);
	_exit(127);
}

/* The server, or that child of it. True: the debugger could be run. */
static bool debug(struct stacks *stacks, int64_t process, long server)
{
	int ends[2], status = 0;
	char number[32];
	FILE *output;
	pid_t child;

	snprintf(number, sizeof number, "%lld", (long long)(process ? process : server));
	fflush(stdout);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	child = fork();
	if (child == 0)
		become_debugger(number, ends[1]);
	close(ends[1]);
	output = fdopen(ends[0], "r");
	if (output) {
		show_stacks(stacks, process, output);
		fclose(output);
	} else {
		close(ends[0]);
	}
	return child > 0 && waitpid(child, &status, 0) == child &&
	       !(WIFEXITED(status) && WEXITSTATUS(status) == 127);
}

/* It may have ended since, and its number be that of another process, which is not to stand still. */
static bool is_child_of(int64_t process, long server)
{
	char path[48], text[512];
	const char *after = NULL;
	size_t length = 0;
	long parent = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%lld/stat", (long long)process);
	file = fopen(path, "re");
	if (file) {
		length = fread(text, 1, sizeof text - 1, file);
		fclose(file);
	}
	text[length] = 0;
	after = strrchr(text, ')'); /* its name may have anything in it */
	return after && sscanf(after, ") %*c %ld", &parent) == 1 && parent == server;
}

/* Each process once. False: there is no debugger. */
static bool debug_all(struct stacks *stacks, long server)
{
	for (size_t i = 0; i < stacks->count; i++) {
		int64_t process = stacks->threads[i].process;
		size_t first = 0;

		while (stacks->threads[first].process != process)
			first++;
		if (first < i || (process && !is_child_of(process, server)))
			continue;
		if (!debug(stacks, process, server))
			return false;
	}
	return true;
}

static int report(struct stacks *stacks, long pid, char *why, size_t size)
{
	size_t missing = 0;

	if (stacks->count == 0) {
		fputs("nobody holds a worker, and none is in a call or stuck\n", stacks->file);
		return DONE;
	}
	if (!debug_all(stacks, pid)) {
		snprintf(why, size, "neither eu-stack (elfutils) nor gdb can be run");
		return UNREACHABLE;
	}
	for (size_t i = 0; i < stacks->count; i++)
		missing += !stacks->threads[i].shown;
	if (missing == stacks->count) {
		snprintf(why, size, "no stack to be had: may this user trace process %ld?", pid);
		return REFUSED;
	}
	if (missing > 0)
		snprintf(why, size,
			 "%zu of %zu threads were not there any more, or may not be traced",
			 missing, stacks->count);
	else if (stacks->too_many > 0)
		snprintf(why, size, "%zu more threads are not shown: choose a pool",
			 stacks->too_many);
	return DONE;
}

int stacks_write(FILE *file, struct server *server, const char *pool, long worker, char *why,
		 size_t size)
{
	struct stacks *stacks = calloc(1, sizeof *stacks);
	int status = REFUSED;
	json_t *answer, *tree;

	snprintf(why, size, "no memory");
	if (!stacks)
		return status;
	stacks->file = file;
	answer = server_exchange(server, json_pack("{s:s}", "method", "tree"));
	tree = json_object_get(answer, "result");
	if (tree && !choose_threads(stacks, tree, pool, worker)) {
		snprintf(why, size, "no pool \"%s\"", pool);
	} else if (tree) {
		why[0] = 0;
		status = report(stacks, server_pid(server), why, size);
	} else {
		snprintf(why, size, "%s (%ld) does not answer", server_program(server),
			 server_pid(server));
		status = UNREACHABLE;
	}
	json_decref(answer);
	free(stacks);
	return status;
}

int command_stacks(const struct options *options, char **arguments)
{
	struct server server;
	char why[256];
	int status;

	if (arguments[0] && arguments[1])
		return wrong_use("stacks");
	status = server_choose(&server, options);
	if (status)
		return status;
	status = stacks_write(stdout, &server, arguments[0], ALL_WORKERS, why, sizeof why);
	if (why[0])
		fail(status, "%s", why);
	server_close(&server);
	return status;
}
