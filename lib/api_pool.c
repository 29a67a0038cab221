/* SPDX-License-Identifier: MIT */
/* api_pool.c: starting, finding, stopping and reviving pools; killing their threads. */
#include "api_pool.h"
#include "client.h"
#include "deadline.h"
#include "error.h"
#include "spec.h"
#include "stop.h"
#include "supervisor.h"
#include "task.h"
#include "worker.h"

#include <pooltoy/pool.h>

int pool_check(const struct pooltoy_pool *pool)
{
	return pool ? pool_check_fork(pool) : error_set(POOLTOY_EINVAL, "pool: it is NULL");
}

/* Start. */

/* Has the supervisor's thread start the first manager: that inherits nothing from the caller. */
static int start_by_supervisor(struct pooltoy_pool *pool, struct parker *parker)
{
	int cancel = sync_cancel_disable(), code;

	sync_store(&pool->starter, parker, release);
	sync_store(&pool->start_wanted, true, release);
	supervisor_post(pool);
	/* Acquire pairs with the release in start_first_manager. */
	while ((code = sync_load(&pool->start_result, acquire)) > 0)
		parker_park(parker, SYNC_NEVER);
	sync_cancel_restore(cancel);
	if (!code)
		return POOLTOY_OK;
	if (pool->trial_code) {
		char reason[POOL_REASON_SIZE];

		pool_get_reason(pool, reason, sizeof reason);
		return error_set(code, "supervisor: pool \"%s\": its workers' %s",
				 pool->config.name, reason);
	}
	return error_set(code, "supervisor: pool \"%s\": manager: thread: %s", pool->config.name,
			 pooltoy_strerror(code));
}

/* It may have been found, and be waited for, already. */
static void undo_listing(struct pooltoy_pool *pool)
{
	supervisor_unname(pool);
	sync_store(&pool->stop_begun, true, relaxed);
	pool_change_state(pool, ~0u, POOL_STOPPED, POOLTOY_ESTOPPED);
	task_end_all(pool);
	ready_tell(pool);
	supervisor_delist(pool);
	pool_settle_stop(pool, STOP_UNSTARTED);
}

/* What its stacks are taken with. */
static int prepare_stacks(const struct pool_config *config)
{
	int failed;

	if (config->lease_backtrace)
		sync_stack_prepare();
	failed = config->stack_signal > 0 ? sync_stack_claim_signal(config->stack_signal) : 0;
	if (!failed)
		return POOLTOY_OK;
	return error_set(failed == EBUSY ? POOLTOY_EBUSY : POOLTOY_EINVAL,
			 "pool \"%s\": stack_signal: signal %d %s", config->name,
			 config->stack_signal,
			 failed == EBUSY ? "is handled or ignored by the program"
					 : "cannot be used for this");
}

int pooltoy_start_pool(struct pooltoy_supervisor *supervisor, const struct pooltoy_pool_spec *spec,
		       struct pooltoy_pool **pool)
{
	struct pool_config config;
	struct pooltoy_pool *started;
	struct self *self;
	int code = supervisor_check(supervisor);

	if (!code)
		code = spec_to_config(spec, &config);
	if (code)
		return code;
	code = prepare_stacks(&config);
	if (!code)
		code = self_get(config.name, &self);
	if (!code && pool_create(&config, &worker_kind, &started))
		code = error_set(POOLTOY_ENOMEM, "supervisor: pool \"%s\": no memory", config.name);
	if (code) {
		pool_config_free(&config);
		return code;
	}
	started->supervisor = supervisor;
	started->reaper = &supervisor->reaper;
	started->notifier = &supervisor->notifier;
	started->supervisor_mailbox = &supervisor->actor.mailbox;
	supervisor_ref(supervisor);

	code = supervisor_list(supervisor, started);
	if (!code) {
		code = start_by_supervisor(started, self->parker);
		if (code)
			undo_listing(started);
	}
	if (code || !pool)
		pool_unref(started);
	else
		*pool = started;
	return code;
}

int pooltoy_find_pool(struct pooltoy_supervisor *supervisor, const char *name,
		      struct pooltoy_pool **pool)
{
	int code = supervisor_check(supervisor);

	if (code)
		return code;
	if (!name || !pool)
		return error_set(POOLTOY_EINVAL, "find_pool: %s is NULL", name ? "pool" : "name");
	*pool = registry_find(&supervisor->registry, name);
	if (*pool)
		return POOLTOY_OK;
	return error_set(POOLTOY_ENOENT, "supervisor: no pool \"%s\"", name);
}

struct pooltoy_pool *pooltoy_pool_retain(struct pooltoy_pool *pool)
{
	pool_ref(pool);
	return pool;
}

void pooltoy_pool_release(struct pooltoy_pool *pool)
{
	if (pool && pool->fork_epoch == sync_fork_epoch())
		pool_unref(pool);
}

const char *pooltoy_pool_name(const struct pooltoy_pool *pool)
{
	return pool->config.name;
}

/* Stop. */

int pool_check_wait(struct pooltoy_pool *pool)
{
	struct pooltoy_worker *worker = worker_current();
	int code = pool_check(pool);

	if (code)
		return code;
	if (worker && worker->slot.pool == pool)
		return error_set(POOLTOY_EDEADLK,
				 "pool \"%s\": its own worker cannot wait for its end",
				 pool->config.name);
	if (reaper_is_self(pool->reaper))
		return error_set(
			POOLTOY_EDEADLK,
			"pool \"%s\": release cannot wait for a stop: it has the reaper's thread",
			pool->config.name);
	return POOLTOY_OK;
}

int pooltoy_stop_pool(struct pooltoy_pool *pool, int timeout_ms)
{
	struct self *self;
	int code = pool_check_wait(pool);

	if (code)
		return code;
	code = self_get(pool->config.name, &self);
	if (code)
		return code;
	if (!stop_begin(pool, stop_deadline(pool, timeout_ms)))
		return stop_is_done(pool);
	return stop_finish(pool, self->parker);
}

int pooltoy_stop_pool_named(struct pooltoy_supervisor *supervisor, const char *name, int timeout_ms)
{
	struct pooltoy_pool *pool;
	int code = pooltoy_find_pool(supervisor, name, &pool);

	if (code)
		return code;
	code = pooltoy_stop_pool(pool, timeout_ms);
	pooltoy_pool_release(pool);
	return code;
}

/* Revive, kill. */

int pool_check_not_stopped(struct pooltoy_pool *pool)
{
	int code = pool_check(pool);

	if (code || (pool_state(pool) != POOL_STOPPED && pool_state(pool) != POOL_DRAINING))
		return code;
	return error_set(POOLTOY_ESTOPPED, "pool \"%s\": it has been stopped", pool->config.name);
}

int pooltoy_pool_revive(struct pooltoy_pool *pool)
{
	int code = pool_check_not_stopped(pool);

	if (code)
		return code;
	if (pool_revive(pool)) {
		pool_emit(pool, POOLTOY_EVENT_POOL_REVIVED, -1, 0, NULL);
		pool_wake_manager(pool);
	}
	return POOLTOY_OK;
}

int pooltoy_kill_manager(struct pooltoy_pool *pool)
{
	int code = pool_check(pool);

	if (code)
		return code;
	switch (pool_kill_manager(pool)) {
	case POOL_BACKOFF:
		return error_set(POOLTOY_ESTARTING,
				 "pool \"%s\": it is in backoff: no instance to kill",
				 pool->config.name);
	case POOL_FAILED:
		return error_set(POOLTOY_EFAILED, "pool \"%s\": it has failed", pool->config.name);
	case POOL_STOPPED:
	case POOL_DRAINING:
		return pool_check_not_stopped(pool);
	default:
		return POOLTOY_OK;
	}
}

static bool kill_one(struct pooltoy_worker *worker)
{
	return worker_stop(worker, SLOT_KILLED);
}

int pooltoy_kill_worker(struct pooltoy_pool *pool, int index)
{
	unsigned count, i;
	int code = pool_check_not_stopped(pool);

	if (code)
		return code;
	if (index < -1)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": %d is no worker's index",
				 pool->config.name, index);
	count = slot_table_count(&pool->broker.slots);
	if (index >= 0 && (unsigned)index < count && kill_one(worker_at(pool, (unsigned)index)))
		return POOLTOY_OK;
	for (i = 0; index < 0 && i < count; i++)
		if (kill_one(worker_at(pool, i)))
			return POOLTOY_OK;
	if (index < 0)
		return error_set(POOLTOY_ENOENT, "pool \"%s\": no worker lives", pool->config.name);
	return error_set(POOLTOY_ENOENT, "pool \"%s\": no worker %d lives", pool->config.name,
			 index);
}
