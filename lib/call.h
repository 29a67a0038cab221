/* SPDX-License-Identifier: MIT */
/* call.h: what calls with a thread that waits, and those without, have in common. */
#ifndef POOLTOY_LIB_CALL_H
#define POOLTOY_LIB_CALL_H

#include "error.h"
#include "worker.h"

/* 0, or why that cannot be sent to the worker's handler, with its message. */
static inline int call_check(struct slot *slot,
			     int (*handler)(struct pooltoy_worker *self, void *state,
					    const void *bytes, size_t length),
			     const void *bytes, size_t length)
{
	const char *name = slot->pool->config.name;

	if (!handler)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": its workers have no such handler",
				 name);
	if (!bytes && length > 0)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": the request is NULL", name);
	return POOLTOY_OK;
}

/* Since when the call that the cell is filled with takes its time, which begins now; 0: it is not measured. */
static inline uint64_t call_measured_since(struct cell *cell)
{
	/* The first of a worker is one. */
	return metrics_samples(sync_load(&cell->serial, relaxed) - 1) ? sync_now() : 0;
}

/* Its caller has an answer, or has left. */
static inline void call_measure(struct pooltoy_pool *pool, uint64_t since)
{
	if (since > 0)
		histogram_add(&pool->metrics.call, sync_now() - since);
}

/* POOLTOY_ENOMEM, with its message. */
int call_no_memory(const struct slot *slot, size_t length);

#endif
