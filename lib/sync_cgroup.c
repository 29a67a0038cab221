/* SPDX-License-Identifier: MIT */
/* sync_cgroup.c: cgroups by the files of cgroup v2. */
#include "sync_cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EMPTIES_MS = 1000 };

static int cgroup_open(const struct cgroup *cgroup, const char *file, int flags)
{
	char path[CGROUP_PATH_SIZE + 32];

	snprintf(path, sizeof path, "%s/%s", cgroup->path, file);
	return open(path, flags | O_CLOEXEC);
}

static int cgroup_write(const struct cgroup *cgroup, const char *file, uint64_t value)
{
	char text[24];
	int descriptor = cgroup_open(cgroup, file, O_WRONLY), failed = 0;
	ssize_t length = snprintf(text, sizeof text, "%llu", (unsigned long long)value);

	if (descriptor < 0 || write(descriptor, text, (size_t)length) != length)
		failed = errno;
	if (descriptor >= 0)
		close(descriptor);
	return failed;
}

/* The number behind a word in one of its files; 0 if it is not there. */
static unsigned long cgroup_read(int descriptor, const char *word)
{
	char text[512];
	const char *found;
	ssize_t length = pread(descriptor, text, sizeof text - 1, 0);

	if (length < 0)
		return 0;
	text[length] = 0;
	found = strstr(text, word);
	return found ? strtoul(found + strlen(word), NULL, 10) : 0;
}

bool cgroup_ran_out(const struct cgroup *cgroup)
{
	int descriptor = cgroup->path[0] ? cgroup_open(cgroup, "memory.events", O_RDONLY) : -1;
	bool ran_out = descriptor >= 0 && cgroup_read(descriptor, "oom_kill ") > 0;

	if (descriptor >= 0)
		close(descriptor);
	return ran_out;
}

void cgroup_remove(struct cgroup *cgroup)
{
	struct pollfd empties;

	if (!cgroup->path[0])
		return;
	(void)cgroup_write(cgroup, "cgroup.kill", 1);
	empties = (struct pollfd){ cgroup_open(cgroup, "cgroup.events", O_RDONLY), POLLPRI, 0 };
	while (empties.fd >= 0 && cgroup_read(empties.fd, "populated ") > 0 &&
	       poll(&empties, 1, EMPTIES_MS) > 0)
		;
	if (empties.fd >= 0)
		close(empties.fd);
	(void)rmdir(cgroup->path);
	cgroup->path[0] = 0;
}

int cgroup_make(struct cgroup *cgroup, const struct sync_child_spec *spec, char *reason,
		size_t size)
{
	int failed, length = snprintf(cgroup->path, sizeof cgroup->path, "%s/pooltoy-%ld-%s",
				      spec->cgroup, (long)getpid(), spec->name);
	char *name = cgroup->path + strlen(spec->cgroup) + 1;

	if (length < 0 || (size_t)length >= sizeof cgroup->path) {
		cgroup->path[0] = 0;
		snprintf(reason, size, "cgroup: its path is too long");
		return ENAMETOOLONG;
	}
	while ((name = strchr(name, '/')))
		*name = '.';
	if (mkdir(cgroup->path, 0755) && errno != EEXIST) {
		failed = errno;
		snprintf(reason, size, "cgroup %.100s: %s", cgroup->path, sync_error_text(failed));
		cgroup->path[0] = 0;
		return failed;
	}
	if (spec->cgroup_memory == 0)
		return 0;
	failed = cgroup_write(cgroup, "memory.max", spec->cgroup_memory);
	if (failed)
		snprintf(reason, size, "cgroup %.100s: memory.max: %s", cgroup->path,
			 sync_error_text(failed));
	else
		(void)cgroup_write(cgroup, "memory.swap.max", 0); /* where there is swap */
	return failed;
}

int cgroup_join(const struct cgroup *cgroup, long process, char *reason, size_t size)
{
	int failed = cgroup->path[0] ? cgroup_write(cgroup, "cgroup.procs", (uint64_t)process) : 0;

	if (failed)
		snprintf(reason, size, "cgroup %.100s: cgroup.procs: %s", cgroup->path,
			 sync_error_text(failed));
	return failed;
}
