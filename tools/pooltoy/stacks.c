/* SPDX-License-Identifier: MIT */
/*
 * stacks.c: `pooltoy stacks`: where those threads are who hold workers, or are in a call, or stuck; and of workers in
 * child processes, where those are.
 */
#include "stacks.h"

#include "debugger.h"
#include "report.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { THREADS_MOST = 256, LABEL = 256 };

struct stacks {
	/* Each an object: process, if it is a child's, thread, label, pool, worker, and frames, which are text. */
	json_t *threads;
	size_t too_many;
};

/* Which threads. */

static void want(struct stacks *stacks, int64_t process, int64_t thread, const char *label,
		 const char *pool, int64_t worker)
{
	json_t *wanted;

	if (thread == 0)
		return;
	if (json_array_size(stacks->threads) == THREADS_MOST) {
		stacks->too_many++;
		return;
	}
	wanted =
		json_pack("{s:I, s:o, s:s, s:I, s:[]}", "thread", (json_int_t)thread, "label",
			  report_text(label), "pool", pool, "worker", (json_int_t)worker, "frames");
	if (process)
		json_object_set_new(wanted, "process", json_integer(process));
	json_array_append_new(stacks->threads, wanted);
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
		want(stacks, 0, thread, label, name, index);
		/* Its main thread runs the callbacks. */
		want(stacks, process, process, label, name, index);
	}
	if (!holder || number_of(holder, "thread") == thread)
		return;
	write_duration(held, sizeof held, (uint64_t)number_of(holder, "held_ns"));
	snprintf(label, sizeof label, "holds worker %lld of %s for %s", (long long)index, name,
		 held);
	want(stacks, 0, number_of(holder, "thread"), label, name, index);
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

/* A thread that holds several workers is there as often. */
static void add_frame(const struct stacks *stacks, int64_t process, int64_t thread,
		      const char *line)
{
	json_t *wanted;
	size_t index;

	json_array_foreach (stacks->threads, index, wanted)
		if (number_of(wanted, "process") == process &&
		    number_of(wanted, "thread") == thread)
			json_array_append_new(json_object_get(wanted, "frames"), report_text(line));
}

static void take_frames(const struct stacks *stacks, int64_t process, char *output)
{
	int64_t thread = 0, begun;
	char *rest = NULL;

	for (char *line = strtok_r(output, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		begun = thread_of_line(line);
		if (begun)
			thread = begun;
		else if (thread && line[0] == '#')
			add_frame(stacks, process, thread, line);
	}
}

static size_t count_missing(const struct stacks *stacks)
{
	size_t index, missing = 0;
	json_t *wanted;

	json_array_foreach (stacks->threads, index, wanted)
		missing += json_array_size(json_object_get(wanted, "frames")) == 0;
	return missing;
}

/* The begin of a file under /proc; "" if it cannot be read. */
static void read_begin(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t length = file ? fread(text, 1, size - 1, file) : 0;

	text[length] = 0;
	if (file)
		fclose(file);
}

/* What is to be done where tracing is forbidden. */
static void explain_refusal(long pid, char *why, size_t size)
{
	char scope[16];

	read_begin("/proc/sys/kernel/yama/ptrace_scope", scope, sizeof scope);
	snprintf(why, size, "no stack to be had: may this user trace process %ld? Root may%s", pid,
		 strtol(scope, NULL, 10) > 0
			 ? ", and its own user if kernel.yama.ptrace_scope were 0, by sysctl"
			 : "; in a container, if it has the capability SYS_PTRACE");
}

/* It may have ended since, and its number be that of another process, which is not to stand still. */
static bool is_child_of(int64_t process, long server)
{
	char path[48], text[512];
	const char *after;

	snprintf(path, sizeof path, "/proc/%lld/stat", (long long)process);
	read_begin(path, text, sizeof text);
	after = strrchr(text, ')'); /* its name may have anything in it; then " S 123 ..." */
	return after && strlen(after) > 4 && strtol(after + 4, NULL, 10) == server;
}

/* The server, or that child of it: 0 is the server. */
static int ask_debugger(const struct stacks *stacks, int64_t process, long server, char *why,
			size_t size)
{
	enum debugger_end end;
	char *output = debugger_ask(process ? (long)process : server, &end);

	if (output && end == DEBUGGER_ENDED)
		take_frames(stacks, process, output);
	free(output);
	switch (end) {
	case DEBUGGER_MISSING:
		snprintf(why, size,
			 "neither eu-stack nor gdb can be run: install the package "
			 "elfutils, or gdb");
		return UNREACHABLE;
	case DEBUGGER_LATE:
		snprintf(why, size, "the debugger had not ended after %d s, and was killed",
			 DEBUGGER_SECONDS);
		return UNREACHABLE;
	case DEBUGGER_INTERRUPTED:
		snprintf(why, size, "interrupted; the debugger was killed");
		return UNREACHABLE;
	default:
		return DONE;
	}
}

static bool was_asked(const json_t *threads, size_t index)
{
	int64_t process = number_of(json_array_get(threads, index), "process");

	for (size_t i = 0; i < index; i++)
		if (number_of(json_array_get(threads, i), "process") == process)
			return true;
	return false;
}

/* Of each process once. */
static int ask_of_all(const struct stacks *stacks, long server, char *why, size_t size)
{
	int status = DONE;
	size_t index;
	json_t *wanted;

	json_array_foreach (stacks->threads, index, wanted) {
		int64_t process = number_of(wanted, "process");

		if (was_asked(stacks->threads, index) || (process && !is_child_of(process, server)))
			continue;
		status = ask_debugger(stacks, process, server, why, size);
		if (status)
			return status;
	}
	return status;
}

static int look(const struct stacks *stacks, long pid, char *why, size_t size)
{
	size_t count = json_array_size(stacks->threads), missing;
	int status;

	if (count == 0)
		return DONE;
	status = ask_of_all(stacks, pid, why, size);
	if (status)
		return status;
	missing = count_missing(stacks);
	if (missing == count) {
		explain_refusal(pid, why, size);
		return REFUSED;
	}
	if (missing > 0)
		snprintf(why, size,
			 "%zu of %zu threads were not there any more, or may not be traced",
			 missing, count);
	else if (stacks->too_many > 0)
		snprintf(why, size, "%zu more threads are not shown: choose a pool",
			 stacks->too_many);
	return DONE;
}

/* As text: all that one thread is there for, and once where it is. */

static bool are_one(const json_t *one, const json_t *other)
{
	return number_of(one, "process") == number_of(other, "process") &&
	       number_of(one, "thread") == number_of(other, "thread");
}

static bool is_shown(const json_t *threads, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (are_one(json_array_get(threads, i), json_array_get(threads, index)))
			return true;
	return false;
}

static void show_thread(FILE *file, const json_t *threads, size_t first)
{
	const json_t *one = json_array_get(threads, first);
	size_t index;
	json_t *value;

	json_array_foreach (threads, index, value)
		if (are_one(one, value))
			fprintf(file, "%s %lld: %s\n",
				number_of(value, "process") ? "process" : "thread",
				(long long)number_of(value, "thread"), string_of(value, "label"));
	json_array_foreach (json_object_get(one, "frames"), index, value)
		fprintf(file, "    %s\n", json_string_value(value));
}

static void show(FILE *file, json_t *threads)
{
	size_t index;
	json_t *thread;

	clean_value(threads);
	if (json_array_size(threads) == 0)
		fputs("nobody holds a worker, and none is in a call or stuck\n", file);
	json_array_foreach (threads, index, thread)
		if (json_array_size(json_object_get(thread, "frames")) > 0 &&
		    !is_shown(threads, index))
			show_thread(file, threads, index);
}

json_t *stacks_take(struct server *server, const char *pool, long worker, int *status, char *why,
		    size_t size)
{
	struct stacks stacks = { .threads = json_array() };
	json_t *answer, *tree;

	*status = REFUSED;
	answer = server_exchange(server, json_pack("{s:s}", "method", "tree"));
	tree = json_object_get(answer, "result");
	if (tree && !choose_threads(&stacks, tree, pool, worker)) {
		snprintf(why, size, "no pool \"%s\"", pool);
	} else if (tree) {
		why[0] = 0;
		*status = look(&stacks, server_pid(server), why, size);
	} else {
		snprintf(why, size, "%s (%ld) does not answer", server_program(server),
			 server_pid(server));
		*status = UNREACHABLE;
	}
	json_decref(answer);
	if (*status == DONE)
		return stacks.threads;
	json_decref(stacks.threads);
	return NULL;
}

int stacks_write(FILE *file, struct server *server, const char *pool, long worker, char *why,
		 size_t size)
{
	int status;
	json_t *threads = stacks_take(server, pool, worker, &status, why, size);

	if (threads)
		show(file, threads);
	json_decref(threads);
	return status;
}

int command_stacks(const struct options *options, char **arguments)
{
	struct server server;
	json_t *threads;
	char why[256];
	int status;

	if (arguments[0] && arguments[1])
		return wrong_use("stacks");
	status = server_choose(&server, options);
	if (status)
		return status;
	threads = stacks_take(&server, arguments[0], ALL_WORKERS, &status, why, sizeof why);
	if (threads && options->json)
		print_json(threads);
	else if (threads)
		show(stdout, threads);
	json_decref(threads);
	if (why[0])
		fail(status, "%s", why);
	server_close(&server);
	return status;
}
