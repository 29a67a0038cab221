/* SPDX-License-Identifier: MIT */
/* call.h: what calls with a thread that waits, and those without, have in common. */
#ifndef POOLTOY_LIB_CALL_H
#define POOLTOY_LIB_CALL_H

#include "error.h"
#include "worker.h"

#include <pooltoy/checkout.h>

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

/* The options of a call, of this library's size: 0, or a code with its message. */
int call_take_options(const struct pooltoy_call_options *given,
		      struct pooltoy_call_options *options);

/* Out of time, or cancelled, before it began: the code, with its message. */
int call_refuse(const struct slot *slot, int code);

/* Its caller has left it, for that reason. */
static inline void call_count_left(struct pooltoy_pool *pool, int why)
{
	if (why == POOLTOY_ETIMEDOUT)
		figure_add_shared(&pool->calls_timed_out, 1);
	else if (why == POOLTOY_ECANCELLED)
		figure_add_shared(&pool->calls_cancelled, 1);
}

/* POOLTOY_ENOMEM, with its message. */
int call_no_memory(const struct slot *slot, size_t length);

#endif
