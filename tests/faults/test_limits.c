/* SPDX-License-Identifier: MIT */
/* test_limits.c: threads refused by the system itself: a user's limit, and a control group's. */
#include "scenario/support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the limit is, and whether it holds now. */
typedef void limiter(bool limited);

static void without_threads(struct stage *stage, struct pooltoy_pool *running)
{
	struct pooltoy_supervisor *another;
	struct pooltoy_pool *more;

	EXPECT(POOLTOY_EAGAIN, pooltoy_supervisor_start(&another));
	EXPECT_STORY("supervisor: ", "thread: ");
	EXPECT(POOLTOY_EAGAIN,
	       pooltoy_start_pool(stage->supervisor,
				  POOLTOY_POOL_SPEC(.name = "more", .worker = &doubler, .size = 1),
				  &more));
	EXPECT_STORY("supervisor: ", "pool \"more\": ", "manager: ", "thread: ");
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(running, 0));
	await_event(stage, "running", POOLTOY_EVENT_WORKER_START_FAILED, 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(status_of(running).last_reason, "thread"));
	expect_service(running);
	EXPECT(POOLTOY_OK, pooltoy_kill_supervisor(stage->supervisor));
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(running));
}

static void live_under(limiter *limit)
{
	struct pooltoy_pool *running, *more;
	struct stage stage;

	stage_open(&stage);
	running = start_pool(&stage,
			     POOLTOY_POOL_SPEC(.name = "running", .worker = &doubler, .size = 2,
					       .backoff_min = 1, .backoff_max = 1));
	await_idle(running, 2);
	limit(true);
	without_threads(&stage, running);
	limit(false);

	await_event(&stage, "", POOLTOY_EVENT_SUPERVISOR_RESTARTED, 1);
	await_event(&stage, "running", POOLTOY_EVENT_POOL_RESTARTED, 1);
	await_idle(running, 2);
	expect_service(running);
	CU_ASSERT_EQUAL(status_of(running).state, POOLTOY_POOL_READY);
	more = start_pool(&stage, POOLTOY_POOL_SPEC(.name = "more", .worker = &doubler, .size = 1));
	expect_service(more);
	pooltoy_pool_release(more);
	pooltoy_pool_release(running);
	stage_close(&stage);
}

/* RLIMIT_NPROC, as a user other than root, who has no such limit. */

static void limit_user(bool limited)
{
	struct rlimit limit;

	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NPROC, &limit), 0);
	limit.rlim_cur = limited ? 0 : limit.rlim_max;
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NPROC, &limit), 0);
}

static void live_as_a_limited_user(void)
{
	if (geteuid() == 0)
		CU_ASSERT_EQUAL_FATAL(setuid(65534), 0);
	live_under(limit_user);
}

static void a_users_limit_of_threads(void)
{
	if (THREAD_SANITIZED)
		SKIP("ThreadSanitizer needs threads of its own");
	in_child(live_as_a_limited_user);
}

/* pids.max, in a group of the child's own. */

static char group[512]; /* its directory */

static bool write_to(const char *file, const char *text)
{
	char path[600];
	int written = -1, descriptor;

	snprintf(path, sizeof path, "%s/%s", group, file);
	descriptor = open(path, O_WRONLY | O_CLOEXEC);
	if (descriptor < 0)
		return false;
	written = (int)write(descriptor, text, strlen(text));
	close(descriptor);
	return written == (int)strlen(text);
}

/* This process's group: of the hierarchy that counts processes (version 1), or of the only one. */
static bool find_own_group(void)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[256], path[200];
	bool found = false;

	while (file && !found && fgets(line, sizeof line, file)) {
		if (sscanf(line, "%*d:pids:%199s", path) == 1)
			snprintf(group, sizeof group, "/sys/fs/cgroup/pids%s", path);
		else if (sscanf(line, "0::%199s", path) == 1)
			snprintf(group, sizeof group, "/sys/fs/cgroup%s", path);
		else
			continue;
		found = access(group, W_OK) == 0;
	}
	if (file)
		fclose(file);
	return found;
}

static bool make_group(void)
{
	size_t length;

	if (!find_own_group())
		return false;
	length = strlen(group);
	snprintf(group + length, sizeof group - length, "/pooltoy-%ld", (long)getpid());
	return mkdir(group, 0755) == 0;
}

static void limit_group(bool limited)
{
	CU_ASSERT_FATAL(write_to("pids.max", limited ? "1" : "max"));
}

static void live_in_a_limited_group(void)
{
	char self[32];

	snprintf(self, sizeof self, "%ld", (long)getpid());
	CU_ASSERT_FATAL(write_to("cgroup.procs", self));
	live_under(limit_group);
}

static void a_control_groups_limit_of_threads(void)
{
	bool counts;

	if (THREAD_SANITIZED)
		SKIP("ThreadSanitizer needs threads of its own");
	if (!make_group())
		SKIP("no control group can be made here");
	counts = write_to("pids.max", "max");
	if (counts)
		in_child(live_in_a_limited_group);
	CU_ASSERT_EQUAL(rmdir(group), 0);
	if (!counts)
		SKIP("control groups do not count processes here");
}

SUITE(TEST(a_users_limit_of_threads), TEST(a_control_groups_limit_of_threads))
