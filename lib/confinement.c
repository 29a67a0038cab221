/* SPDX-License-Identifier: MIT */
/* confinement.c: limits, privileges, user, filter. */
#include "confinement.h"
#include "sync_child.h"
#include "sync_served.h"

#include <errno.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(sizeof(struct sock_filter) == ISOLATION_FILTER_INSTRUCTION, "as it is copied");

/* For the one thread that there is. */
static char story[160];

static const char *failed(const char *what)
{
	snprintf(story, sizeof story, "%s: %s", what, sync_error_text(errno));
	return story;
}

static bool limit(int resource, uint64_t soft, uint64_t hard)
{
	struct rlimit limits = { soft, hard };

	return soft == 0 || setrlimit((__rlimit_resource_t)resource, &limits) == 0;
}

enum { USER_DETAILS = 4096 };

/* As a text says it: by name, or by number. */
static const struct passwd *find_user(const char *user, struct passwd *found,
				      char details[USER_DETAILS])
{
	char *end;
	unsigned long number = strtoul(user, &end, 10);
	struct passwd *result = NULL;

	if (*end)
		getpwnam_r(user, found, details, USER_DETAILS, &result);
	else
		getpwuid_r((uid_t)number, found, details, USER_DETAILS, &result);
	return result;
}

static const char *become(const char *user)
{
	char details[USER_DETAILS];
	struct passwd found;

	if (!find_user(user, &found, details)) {
		snprintf(story, sizeof story, "there is no user \"%.60s\"", user);
		return story;
	}
	if (initgroups(found.pw_name, found.pw_gid) || setgid(found.pw_gid) || setuid(found.pw_uid))
		return failed("change of user");
	sync_served_end_with_server(); /* the kernel has forgotten that */
	return NULL;
}

const char *confine(const struct isolation_birth *birth, const char *user)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return failed("no_new_privs");
	if (user[0]) {
		const char *why = become(user);

		if (why)
			return why;
	}
	/* The signal of the soft limit comes first, and says what it was. */
	if (!limit(RLIMIT_CPU, birth->cpu_seconds, birth->cpu_seconds + 1))
		return failed("limit of processor time");
	if (!limit(RLIMIT_NOFILE, birth->open_files, birth->open_files))
		return failed("limit of open files");
	if (!limit(RLIMIT_AS, birth->address_space, birth->address_space))
		return failed("limit of memory");
	return NULL;
}

const char *confine_calls(const void *filter, size_t length)
{
	struct sock_fprog program = { .len = (unsigned short)(length / sizeof(struct sock_filter)),
				      .filter = length > 0 ? sync_alloc(length) : NULL };
	long result;

	if (length == 0)
		return NULL;
	if (!program.filter)
		return "no memory for the seccomp filter";
	memcpy(program.filter, filter, length); /* aligned, now */
	result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
	sync_free(program.filter);
	return result ? failed("seccomp filter") : NULL;
}
