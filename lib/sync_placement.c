/* SPDX-License-Identifier: MIT */
/* sync_placement.c: processors, policy and nice value, by Linux's means: each is a single thread's. */
#include "sync_placement.h"

#include <pooltoy/pool.h>

#include <sched.h>
#include <sys/resource.h>

static int policy_of(int scheduling)
{
	switch (scheduling) {
	case POOLTOY_SCHED_BATCH:
		return SCHED_BATCH;
	case POOLTOY_SCHED_IDLE:
		return SCHED_IDLE;
	case POOLTOY_SCHED_FIFO:
		return SCHED_FIFO;
	case POOLTOY_SCHED_RR:
		return SCHED_RR;
	default:
		return SCHED_OTHER;
	}
}

static int schedule(const struct sync_placement *placement, pid_t thread, const char **what)
{
	struct sched_param parameters = { .sched_priority = placement->priority };
	int scheduling = placement->scheduling;

	*what = "scheduling";
	if (sched_setscheduler(thread, policy_of(scheduling), &parameters))
		return errno;
	if (scheduling != POOLTOY_SCHED_OTHER && scheduling != POOLTOY_SCHED_BATCH)
		return 0;
	*what = "nice value";
	if (setpriority(PRIO_PROCESS, (id_t)thread, placement->nice))
		return errno == EACCES ? EPERM : errno;
	return 0;
}

int sync_place(const struct sync_placement *placement, long thread_id, const char **what)
{
	pid_t thread = (pid_t)thread_id;

	*what = "processors";
	if (placement->cpus && sched_setaffinity(thread, placement->cpus_size, placement->cpus))
		return errno;
	if (placement->scheduling == POOLTOY_SCHED_INHERITED)
		return 0;
	return schedule(placement, thread, what);
}

int sync_processor_missing(const struct sync_placement *placement)
{
	enum { SIZE = 8192, BITS = 8 }; /* as many bytes as the kernel could have processors for */
	union {
		cpu_set_t set;
		unsigned char bytes[SIZE];
	} had;
	int cpu, count = (int)(placement->cpus_size * BITS);

	memset(&had, 0, sizeof had);
	if (sched_getaffinity(0, sizeof had, &had.set))
		return -1; /* it has been placed all the same */
	for (cpu = 0; cpu < count; cpu++)
		if (CPU_ISSET_S(cpu, placement->cpus_size, (const cpu_set_t *)placement->cpus) &&
		    !CPU_ISSET_S(cpu, sizeof had, &had.set))
			return cpu;
	return -1;
}
