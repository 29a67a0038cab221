/* SPDX-License-Identifier: MIT */
/* sync_placement.h: a further part of sync.h: where threads run, and how they are scheduled. */
#ifndef POOLTOY_LIB_SYNC_PLACEMENT_H
#define POOLTOY_LIB_SYNC_PLACEMENT_H

#include "sync.h"

#include <string.h>

/* Of an errno value; strerror(3) is not for threads. */
static inline const char *sync_error_text(int error)
{
	const char *text = strerrordesc_np(error);

	return text ? text : "unknown error";
}

struct sync_placement {
	void *cpus; /* a cpu_set_t of `cpus_size` bytes; NULL: as it is */
	size_t cpus_size;
	int scheduling; /* enum pooltoy_scheduling */
	int priority, nice;
};

/*
 * Places a thread: the calling one (0), or the main thread of a process. 0, or an errno value, and
 * *what says what it was that failed.
 */
int sync_place(const struct sync_placement *placement, long thread_id, const char **what);

/* A processor of the set that the calling thread, which has been placed, does not have; -1: it has all. */
int sync_processor_missing(const struct sync_placement *placement);

#endif
