/* SPDX-License-Identifier: MIT */
/* test_kills.c: children under a hundred kill -9 a second: each call is answered, or told why it was not. */
#include "process/rogue.h"
#include "process/support.h"
#include "scenario/support.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern const struct pooltoy_worker_ops rogue_ops;

enum { WORKERS = 8, CLIENTS = 4, KILLS_PER_SECOND = 100, MOST_CHILDREN = 256 };

struct scene {
	struct stage stage;
	struct pooltoy_pool *tormented, *peaceful;
	int descriptors; /* of this process, before */
	unsigned seconds;
	unsigned long kills;
	atomic_bool over;
};

/* What became of one client's calls. */
struct ledger {
	struct scene *scene;
	unsigned long asked, answered, told, lost;
};

static void scene_open(struct scene *scene)
{
	const char *seconds = getenv("PROCESS_KILLS_SECONDS");

	memset(scene, 0, sizeof *scene);
	scene->seconds = seconds ? (unsigned)strtoul(seconds, NULL, 10) : 3;
	scene->descriptors = count_descriptors();
	stage_open(&scene->stage);
	scene->tormented = start_pool(
		&scene->stage,
		POOLTOY_POOL_SPEC(.name = "tormented", .worker = &rogue_ops, .size = WORKERS,
				  .backoff_min = POOLTOY_NONE, .backoff_max = POOLTOY_NONE,
				  .isolation = POOLTOY_PROCESS));
	scene->peaceful =
		start_pool(&scene->stage,
			   POOLTOY_POOL_SPEC(.name = "peaceful", .worker = &doubler, .size = 1));
}

static void scene_close(struct scene *scene)
{
	pooltoy_pool_release(scene->tormented);
	pooltoy_pool_release(scene->peaceful);
	stage_close(&scene->stage);
	expect_nothing_left(scene->descriptors);
}

/* Who reaps. */

static atomic_int reaping, most_at_once, reaped;

/* The library's calls come here; each takes a moment. */
int waitid(idtype_t type, id_t id, siginfo_t *ended, int options)
{
	int now = ++reaping, most = most_at_once, failed;

	while (now > most && !atomic_compare_exchange_weak(&most_at_once, &most, now))
		;
	breathe();
	failed = (int)syscall(SYS_waitid, type, id, ended, options, NULL);
	reaped += !failed && ended->si_pid != 0;
	reaping--;
	return failed;
}

/* The killer. */

/* Whether that process lives, and is a child of this one. */
static bool is_living_child(long process)
{
	char path[64], line[512], state = 'X';
	const char *rest = NULL;
	long parent = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%ld/stat", process);
	file = fopen(path, "r");
	if (!file)
		return false;
	if (fgets(line, sizeof line, file))
		rest = strrchr(line, ')'); /* its name may have anything in it */
	fclose(file);
	return rest && sscanf(rest + 1, " %c %ld", &state, &parent) == 2 && parent == getpid() &&
	       state != 'Z' && state != 'X';
}

static unsigned find_children(long *children)
{
	DIR *directory = opendir("/proc");
	const struct dirent *entry;
	unsigned count = 0;

	while (directory && (entry = readdir(directory)) && count < MOST_CHILDREN) {
		long process = strtol(entry->d_name, NULL, 10); /* 0: not a number */

		if (process > 0 && is_living_child(process))
			children[count++] = process;
	}
	if (directory)
		closedir(directory);
	return count;
}

/* Its number may be another's by now. That of the handle is looked at once more, and the handle stays its own. */
static bool kill_child(long process)
{
	long handle = syscall(SYS_pidfd_open, process, 0);
	bool killed;

	if (handle < 0)
		return false;
	killed = is_living_child(process) &&
		 syscall(SYS_pidfd_send_signal, handle, SIGKILL, NULL, 0) == 0;
	close((int)handle);
	return killed;
}

static void next_beat(struct timespec *beat)
{
	beat->tv_nsec += 1000000000 / KILLS_PER_SECOND;
	if (beat->tv_nsec >= 1000000000) {
		beat->tv_nsec -= 1000000000;
		beat->tv_sec++;
	}
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, beat, NULL) == EINTR)
		;
}

static void *kill_at_random(void *argument)
{
	struct scene *scene = argument;
	unsigned beats = scene->seconds * KILLS_PER_SECOND, seed = 1;
	long children[MOST_CHILDREN];
	struct timespec beat;

	clock_gettime(CLOCK_MONOTONIC, &beat);
	for (; beats > 0; beats--) {
		unsigned count;

		next_beat(&beat);
		count = find_children(children);
		if (count > 0)
			scene->kills += kill_child(children[(unsigned)rand_r(&seed) % count]);
	}
	scene->over = true;
	return NULL;
}

/* The clients. */

/* The story of a call that failed is looked at before the checkin's takes its place. */
static bool is_told(int code)
{
	return code == POOLTOY_ESTALE ||
	       (code == POOLTOY_ECRASHED && strstr(pooltoy_last_error(), "signal 9"));
}

static void lose(struct ledger *ledger, const char *what, int code)
{
	if (ledger->lost++ == 0)
		printf("# %s: %d; last error: %s\n", what, code, pooltoy_last_error());
}

static void ask(struct ledger *ledger, int number)
{
	struct rogue_order order = { ROGUE_DOUBLE, number };
	struct pooltoy_lease lease;
	int answer = 0, code;
	size_t length = sizeof answer;

	ledger->asked++;
	code = pooltoy_checkout(ledger->scene->tormented, SOON, &lease);
	if (code) {
		lose(ledger, "checkout", code);
		return;
	}
	code = pooltoy_call(&lease, &order, sizeof order, &answer, &length, SOON);
	if (code == POOLTOY_OK && length == sizeof answer && answer == 2 * number)
		ledger->answered++;
	else if (is_told(code))
		ledger->told++;
	else
		lose(ledger, "call", code);
	code = pooltoy_checkin(&lease);
	if (code && code != POOLTOY_ESTALE)
		lose(ledger, "checkin", code);
}

static void *ask_on(void *argument)
{
	struct ledger *ledger = argument;
	int number;

	for (number = 1; !ledger->scene->over; number = number % 1000000 + 1)
		ask(ledger, number);
	return NULL;
}

static void *live_in_peace(void *argument)
{
	struct scene *scene = argument;

	while (!scene->over)
		expect_service(scene->peaceful);
	return NULL;
}

static struct ledger live_under_kills(struct scene *scene)
{
	struct ledger ledgers[CLIENTS], sum = { .scene = scene };
	pthread_t clients[CLIENTS], neighbour = begin(live_in_peace, scene);
	pthread_t killer = begin(kill_at_random, scene);
	unsigned i;

	for (i = 0; i < CLIENTS; i++) {
		ledgers[i] = (struct ledger){ .scene = scene };
		clients[i] = begin(ask_on, &ledgers[i]);
	}
	finish(killer);
	finish(neighbour);
	for (i = 0; i < CLIENTS; i++) {
		finish(clients[i]);
		sum.asked += ledgers[i].asked;
		sum.answered += ledgers[i].answered;
		sum.told += ledgers[i].told;
		sum.lost += ledgers[i].lost;
	}
	return sum;
}

static void expect_that_kills_hit(const struct scene *scene, const struct ledger *sum)
{
	struct pooltoy_pool_status status = status_of(scene->tormented);
	uint64_t hits = status.worker_deaths + status.start_failures; /* some before it was up */

	printf("# %lu kills, %lu calls, %lu told\n", scene->kills, sum->asked, sum->told);
	CU_ASSERT(scene->kills > 0);
	CU_ASSERT(status.worker_deaths > 0);
	CU_ASSERT(sum->told > 0 || hits >= scene->kills / 2);
	CU_ASSERT(hits <= scene->kills); /* none died of anything else */
	CU_ASSERT_EQUAL(status.restarts, 0);
}

static void each_call_is_answered_or_told(void)
{
	struct scene scene;
	struct ledger sum;

	scene_open(&scene);
	sum = live_under_kills(&scene);
	CU_ASSERT_EQUAL(sum.lost, 0);
	CU_ASSERT_EQUAL(sum.asked, sum.answered + sum.told);
	expect_that_kills_hit(&scene, &sum);
	await_idle(scene.tormented, WORKERS);
	CU_ASSERT_EQUAL(status_of(scene.peaceful).worker_deaths, 0);
	CU_ASSERT_EQUAL(status_of(scene.peaceful).restarts, 0);
	scene_close(&scene);
}

static void those_that_end_together_are_reaped_one_at_a_time(void)
{
	long children[MOST_CHILDREN];
	struct scene scene;
	unsigned count;

	scene_open(&scene);
	await_idle(scene.tormented, WORKERS);
	most_at_once = reaped = 0;
	count = find_children(children);
	CU_ASSERT_EQUAL(count, WORKERS);
	for (unsigned i = 0; i < count; i++)
		CU_ASSERT(kill_child(children[i]));
	AWAIT(reaped == WORKERS);
	await_idle(scene.tormented, WORKERS);
	CU_ASSERT_EQUAL(most_at_once, 1);
	scene_close(&scene);
}

SUITE(TEST(each_call_is_answered_or_told), TEST(those_that_end_together_are_reaped_one_at_a_time))
