/* SPDX-License-Identifier: MIT */
/* stage_threads.c: a child process for each play, with the library itself, on threads. */
#include "reference/stage.h"

#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const bool stage_is_timed = false;
const bool stage_is_isolated = false;

enum { PATIENCE_S = 10 };
static int to_parent;

/* What the child has to say comes by a pipe; nothing, and a status of 0, is good. */
bool stage_play(void (*play)(void), char *story, size_t size)
{
	int ends[2], status;
	size_t length;
	FILE *said;
	pid_t pid;

	fflush(stdout);
	if (pipe(ends) || (pid = fork()) < 0)
		err(99, "a child process");
	if (pid == 0) {
		to_parent = ends[1];
		alarm(3 * PATIENCE_S);
		play();
		fflush(stdout);
		_exit(0);
	}
	close(ends[1]);
	said = fdopen(ends[0], "r");
	length = said ? fread(story, 1, size - 1, said) : 0;
	story[length] = 0;
	if (said)
		fclose(said);
	if (waitpid(pid, &status, 0) != pid)
		err(99, "waitpid");
	if (status && !length)
		snprintf(story, size, "the process ended with status %#x", (unsigned)status);
	return status == 0;
}

void *stage_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void stage_memory_free(void *memory, size_t size)
{
	munmap(memory, size);
}

void stage_fail(const char *story)
{
	fflush(stdout);
	if (write(to_parent, story, strlen(story)) < 0)
		_exit(2);
	_exit(1);
}

void stage_settle(void)
{
}

void stage_specify(struct pooltoy_pool_spec *spec)
{
	(void)spec;
}

static void breathe(void)
{
	static const struct timespec moment = { 0, 20000 };

	nanosleep(&moment, NULL);
}

/* As Linux says: the letter follows the name, in parentheses, in which there may be others. */
static bool sleeps(const char *thread)
{
	char path[64], line[256];
	const char *name_end;
	bool asleep = true; /* also if it has ended meanwhile */
	FILE *file;

	snprintf(path, sizeof path, "/proc/self/task/%.16s/stat", thread);
	file = fopen(path, "r");
	if (!file)
		return true;
	if (fgets(line, sizeof line, file) && (name_end = strrchr(line, ')')))
		asleep = strncmp(name_end, ") S", 3) == 0;
	fclose(file);
	return asleep;
}

/* A worker is idle before it can be found: once all sleep, whatever has begun is done. */
static bool others_sleep(void)
{
	DIR *threads = opendir("/proc/self/task");
	const struct dirent *thread;
	bool asleep = true;

	if (!threads)
		err(99, "/proc/self/task");
	while (asleep && (thread = readdir(threads)))
		if (thread->d_name[0] != '.' && strtol(thread->d_name, NULL, 10) != getpid())
			asleep = sleeps(thread->d_name);
	closedir(threads);
	return asleep;
}

bool stage_holds(bool (*condition)(const void *argument), const void *argument)
{
	time_t end = time(NULL) + PATIENCE_S;

	for (;;) {
		bool settled = others_sleep();

		if (condition(argument) && settled)
			return true;
		if (time(NULL) >= end)
			return false;
		breathe();
	}
}

void stage_pass(uint64_t ns)
{
	(void)ns;
	abort();
}
