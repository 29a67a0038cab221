/* SPDX-License-Identifier: MIT */
/* affinity.c: which CPU a thread runs on. */
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include "scenarios/measure.h"

unsigned cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set))
		err(1, "sched_getaffinity");
	return (unsigned)CPU_COUNT(&set);
}

void pin_to(unsigned cpu)
{
	cpu_set_t all, one;
	unsigned left = cpu % cpus();

	if (sched_getaffinity(0, sizeof all, &all))
		err(1, "sched_getaffinity");
	CPU_ZERO(&one);
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &all) && left-- == 0) {
			CPU_SET(i, &one);
			break;
		}
	if (pthread_setaffinity_np(pthread_self(), sizeof one, &one))
		errx(1, "no CPU %u", cpu);
}
