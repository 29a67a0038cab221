/* SPDX-License-Identifier: MIT */
/* api_operations.c: pausing a pool, resuming, draining; replacing its workers; stops of all kinds. */
#include "api_pool.h"
#include "client.h"
#include "deadline.h"
#include "drain.h"
#include "error.h"
#include "stop.h"
#include "withhold.h"

/* Pause, resume. */

static int set_paused(struct pooltoy_pool *pool, bool paused)
{
	int code = pool_check_not_stopped(pool);

	if (code)
		return code;
	if (sync_exchange(&pool->paused, paused, seq_cst) != paused)
		pool_emit(pool, paused ? POOLTOY_EVENT_POOL_PAUSED : POOLTOY_EVENT_POOL_RESUMED, -1,
			  0, NULL);
	/* Also if it was so before: another thread may be in the middle of it. */
	withhold_follow_all(pool);
	drain_wake(pool);        /* a drain is over, if it is resumed */
	pool_wake_manager(pool); /* who waits is no demand meanwhile */
	return POOLTOY_OK;
}

int pooltoy_pool_pause(struct pooltoy_pool *pool)
{
	return set_paused(pool, true);
}

int pooltoy_pool_resume(struct pooltoy_pool *pool)
{
	return set_paused(pool, false);
}

/* Drain. */

struct drain {
	struct pooltoy_pool *pool;
	struct drainer drainer;
};

static void leave_drain(void *argument)
{
	struct drain *drain = argument;

	drain_leave(drain->pool, &drain->drainer);
}

/* 0, or why it ended. */
static int wait_for_rest(struct pooltoy_pool *pool, struct parker *parker, uint64_t deadline)
{
	unsigned left;

	while ((left = drain_left(pool)) > 0 && figure_load(&pool->paused))
		if (!parker_park(parker, deadline))
			return error_set(
				POOLTOY_ETIMEDOUT,
				"pool \"%s\": drain: timed out; %u of its workers are not at rest",
				pool->config.name, drain_left(pool));
	if (pool_check_not_stopped(pool))
		return POOLTOY_ESTOPPED;
	if (left > 0 || !figure_load(&pool->paused))
		return error_set(POOLTOY_ECANCELLED, "pool \"%s\": drain: it has been resumed",
				 pool->config.name);
	return POOLTOY_OK;
}

static int check_drain(struct pooltoy_pool *pool, int timeout_ms, struct self **self)
{
	struct membership *membership;
	int code = pool_check_wait(pool);

	if (!code)
		code = self_get(pool->config.name, self);
	if (code)
		return code;
	membership = self_peek_membership(pool);
	if (timeout_ms < 0 && membership && holdings_alive(&membership->leases) > 0)
		return error_set(POOLTOY_EDEADLK,
				 "pool \"%s\": drain: the calling thread holds a lease of it",
				 pool->config.name);
	return POOLTOY_OK;
}

int pooltoy_pool_drain(struct pooltoy_pool *pool, int timeout_ms)
{
	struct drain drain = { .pool = pool };
	uint64_t begun = sync_now(), deadline = deadline_from_timeout(timeout_ms);
	struct self *self;
	int code = check_drain(pool, timeout_ms, &self);

	if (!code)
		code = set_paused(pool, true);
	if (code)
		return code;
	drain_enter(pool, &drain.drainer, self->parker);
	sync_cleanup_push(leave_drain, &drain);
	code = wait_for_rest(pool, self->parker, deadline);
	sync_cleanup_pop(1);
	if (!code)
		pool_emit(pool, POOLTOY_EVENT_POOL_DRAINED, -1, sync_now() - begun, NULL);
	return code;
}

/* Replacement. */

int pooltoy_pool_replace_workers(struct pooltoy_pool *pool, int at_once)
{
	int code = pool_check_not_stopped(pool);

	if (code)
		return code;
	if (at_once < 0)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": replace_workers: %d at once",
				 pool->config.name, at_once);
	rolling_request(pool, at_once > 0 ? (unsigned)at_once : 1);
	return POOLTOY_OK;
}

/* Stop. */

int pooltoy_stop_pool_with(struct pooltoy_pool *pool, enum pooltoy_stop_mode mode, int timeout_ms)
{
	struct self *self;
	int code;

	if (mode == POOLTOY_STOP_INTERRUPT || mode == POOLTOY_STOP_NOW)
		return pooltoy_stop_pool(pool, mode == POOLTOY_STOP_NOW ? 0 : timeout_ms);
	code = pool_check_wait(pool);
	if (code)
		return code;
	if (mode != POOLTOY_STOP_DRAIN)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": stop: %d is no mode",
				 pool->config.name, (int)mode);
	code = self_get(pool->config.name, &self);
	if (code)
		return code;
	if (!stop_drain(pool, self->parker, stop_deadline(pool, timeout_ms)))
		return stop_is_done(pool);
	return stop_finish(pool, self->parker);
}
