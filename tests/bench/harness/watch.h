/* SPDX-License-Identifier: MIT */
/* watch.h: what a process that does nothing costs, seen from outside. */
#ifndef POOLTOY_TESTS_BENCH_WATCH_H
#define POOLTOY_TESTS_BENCH_WATCH_H

#include <stdint.h>
#include <sys/types.h>

struct presence {
	uint64_t wakeups;   /* of all its threads, ever: they came back from a wait */
	uint64_t cpu_ns;    /* ever */
	uint64_t rss_bytes; /* now */
};

/* Ends this process if /proc does not say it. */
struct presence watch_process(pid_t pid);

#endif
