/* SPDX-License-Identifier: MIT */
/* worker_health.h: workers that are over their limits, and who sees to that. */
#ifndef POOLTOY_LIB_WORKER_HEALTH_H
#define POOLTOY_LIB_WORKER_HEALTH_H

#include "worker.h"

/* The manager: the worker has come up; it begins to leave. */
void worker_health_begin(struct pooltoy_worker *worker, uint64_t now);
void worker_health_end(struct pooltoy_worker *worker);

/* The manager whenever it is awake: sees to workers whose time has come. When to look again. */
uint64_t worker_health_watch(struct pooltoy_pool *pool, uint64_t now);

bool worker_is_over_a_limit(struct pooltoy_worker *worker);

/* Whether the worker is to be replaced rather than used again; by who may move its slot's word. */
static inline bool worker_is_due(struct pooltoy_worker *worker)
{
	return health_is_limited(&worker->pool->config.health) && worker_is_over_a_limit(worker);
}

/* Ends it from `word`, in which it is not leased any more, or its lease is the caller's to end. False: the word
 * has changed. */
bool worker_retire_from(struct pooltoy_worker *worker, slot_word word);

/* After it was made idle: the manager may have seen it leased. */
void worker_retire_idle(struct pooltoy_worker *worker);

/* Why it was replaced; its thread, as it leaves. */
void worker_describe_retirement(struct pooltoy_worker *worker);

/* The manager: has the worker's thread ping, if it is idle. Its slot is SERVING meanwhile, as for a task. */
void worker_begin_ping(struct pooltoy_worker *worker, uint64_t now);
/* The time for that is over: ends the worker, if it still does. */
void worker_end_ping(struct pooltoy_worker *worker);

/* The worker's thread. */
void worker_run_ping(struct pooltoy_worker *worker);

/* The manager: sets the timer for what is next. */
void worker_set_checkup(struct pooltoy_worker *worker);

/* Before it is made free. */
void worker_note_idle(struct pooltoy_worker *worker);

/* For the broker, as its `fits`: a worker that was idle for too long is pinged first. */
bool worker_fits(struct slot *slot, uint64_t generation);

/* The manager: somebody else may have begun a ping; sets its time. */
void worker_watch_ping(struct pooltoy_worker *worker, slot_word word, uint64_t now);

#endif
