/* SPDX-License-Identifier: MIT */
/* watch.c: context switches, CPU time and resident memory of another process, from /proc. */
#include "harness/watch.h"

#include <dirent.h>
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

/* A number in a file of /proc, behind the word it is called by; false: the file has gone. */
static bool number_in(const char *path, const char *format, uint64_t *number)
{
	FILE *file = fopen(path, "r");
	char line[256];
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof line, file))
		found = sscanf(line, format, number) == 1;
	fclose(file);
	return found;
}

/* A thread that waits gives up its CPU of its own will: there is one such switch for each wakeup. */
static uint64_t wakeups_of(pid_t pid)
{
	char path[512];
	const struct dirent *thread;
	uint64_t all = 0, one;
	DIR *threads;

	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	threads = opendir(path);
	if (!threads)
		err(1, "%s", path);
	while ((thread = readdir(threads))) {
		if (thread->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "/proc/%d/task/%s/status", (int)pid, thread->d_name);
		if (number_in(path, "voluntary_ctxt_switches: %" SCNu64, &one))
			all += one;
	}
	closedir(threads);
	return all;
}

struct presence watch_process(pid_t pid)
{
	struct presence seen;
	struct timespec used;
	clockid_t clock;
	char path[64];

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &used))
		errx(1, "no clock of process %d", (int)pid);
	seen.cpu_ns = (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	if (!number_in(path, "VmRSS: %" SCNu64, &seen.rss_bytes))
		errx(1, "%s: no VmRSS", path);
	seen.rss_bytes *= 1024;
	seen.wakeups = wakeups_of(pid);
	return seen;
}
