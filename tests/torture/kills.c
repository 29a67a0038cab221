/* SPDX-License-Identifier: MIT */
/* kills.c: one thread that kills workers, managers and the supervisor's thread; and one that takes a manager's
 * processor away for a while. */
#include "torture.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct torturer *killer, *demoter;
static pthread_t killer_thread, demoter_thread;

static void kill_a_worker(struct stream *stream, int pool)
{
	doing(killer, "kill_worker", pool);
	if (allow(pooltoy_kill_worker(arena.pools[pool], (int)draw(stream, 6) - 1),
		  MAY(POOLTOY_OK) | MAY(POOLTOY_ENOENT), "kill_worker") == POOLTOY_OK)
		did(WORKER_KILLS);
}

static void kill_a_manager(int pool)
{
	unsigned allowed = MAY(POOLTOY_OK) | MAY(POOLTOY_ESTARTING);

	doing(killer, "kill_manager", pool);
	if (pool == FRAGILE)
		allowed |= MAY(POOLTOY_EFAILED);
	if (allow(pooltoy_kill_manager(arena.pools[pool]), allowed, "kill_manager") == POOLTOY_OK)
		did(MANAGER_KILLS);
}

static void *kill_at_random(void *unused)
{
	struct stream stream = stream_of(100);

	(void)unused;
	torturer_enter(killer);
	while (go_on_after(draw(&stream, 2000))) {
		int pool = (int)draw(&stream, POOLS);
		unsigned whom = draw(&stream, 64);

		if (whom == 0) {
			doing(killer, "kill_supervisor", -1);
			allow(pooltoy_kill_supervisor(arena.supervisor), MAY(POOLTOY_OK),
			      "kill_supervisor");
			did(SUPERVISOR_KILLS);
		} else if (whom < 8) {
			kill_a_manager(pool);
		} else {
			kill_a_worker(&stream, pool);
		}
	}
	torturer_leave(killer);
	return NULL;
}

void killer_start(void)
{
	killer = torturer_new("killer", 0);
	killer_thread = begin(kill_at_random, NULL);
}

void killer_join(void)
{
	finish(killer_thread);
}

/* A thread's name, as ps shows it; false if it has ended. */
static bool read_name(const char *thread, char name[static 16])
{
	char path[64];
	FILE *file;
	bool read;

	snprintf(path, sizeof path, "/proc/self/task/%.16s/comm", thread);
	file = fopen(path, "re");
	if (!file)
		return false;
	read = fgets(name, 16, file) != NULL;
	fclose(file);
	name[strcspn(name, "\n")] = 0;
	return read;
}

static bool is_tortured_manager(const char *name)
{
	return strncmp(name, "pt:", 3) == 0 && strcmp(name, "pt:control/m") != 0 &&
	       strlen(name) > 2 && strcmp(name + strlen(name) - 2, "/m") == 0;
}

/* The id of the nth of the tortured pools' managers; 0 if there is none. */
static pid_t find_manager(unsigned nth)
{
	DIR *threads = opendir("/proc/self/task");
	struct dirent *thread;
	char name[16];
	pid_t found = 0;

	REQUIRE(threads);
	while ((thread = readdir(threads)))
		if (thread->d_name[0] != '.' && read_name(thread->d_name, name) &&
		    is_tortured_manager(name)) {
			found = (pid_t)strtol(thread->d_name, NULL, 10);
			if (nth-- == 0)
				break;
		}
	closedir(threads);
	return found;
}

/* One manager at a time runs only when nobody else wants to. */
static void *demote_at_random(void *unused)
{
	static const struct sched_param none = { 0 };
	struct stream stream = stream_of(101);

	(void)unused;
	torturer_enter(demoter);
	while (go_on_after(10000)) {
		pid_t manager = find_manager(draw(&stream, POOLS));

		doing(demoter, "demote", -1);
		if (!manager || sched_setscheduler(manager, SCHED_IDLE, &none))
			continue; /* it has ended */
		did(IDLE_MANAGERS);
		(void)go_on_after(draw(&stream, 300000));
		if (sched_setscheduler(manager, SCHED_OTHER, &none) && errno != ESRCH)
			torture_failed("a manager stays at SCHED_IDLE: %s", strerror(errno));
	}
	torturer_leave(demoter);
	return NULL;
}

void demoter_start(void)
{
	demoter = torturer_new("demoter", 0);
	demoter_thread = begin(demote_at_random, NULL);
}

void demoter_join(void)
{
	finish(demoter_thread);
}
