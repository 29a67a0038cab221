/* SPDX-License-Identifier: MIT */
/* api_elasticity.c: changing how many workers a pool has, and waiting until they are up. */
#include "api_pool.h"
#include "client.h"
#include "deadline.h"
#include "error.h"
#include "worker.h"

/* Resize. */

static int check_bounds(struct pooltoy_pool *pool, int size, int max_overflow)
{
	const char *name = pool->config.name;
	unsigned max = pool->config.max_workers;

	if (size < 0 || max_overflow < 0)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": resize: %s is %d", name,
				 size < 0 ? "size" : "max_overflow",
				 size < 0 ? size : max_overflow);
	if (size == 0 && max_overflow == 0)
		return error_set(POOLTOY_EINVAL,
				 "pool \"%s\": resize: it would have no workers at all", name);
	if ((unsigned)size + (unsigned)max_overflow > max)
		return error_set(
			POOLTOY_EINVAL,
			"pool \"%s\": resize: size %d and max_overflow %d are more than its "
			"max_workers, %u",
			name, size, max_overflow, max);
	return POOLTOY_OK;
}

int pooltoy_pool_resize(struct pooltoy_pool *pool, int size, int max_overflow)
{
	struct pool_bounds bounds = { (unsigned)size, (unsigned)max_overflow };
	int code = pool ? pool_check_fork(pool) : error_set(POOLTOY_EINVAL, "resize: pool is NULL");

	if (!code)
		code = check_bounds(pool, size, max_overflow);
	if (!code)
		code = pool_check_not_stopped(pool);
	if (code)
		return code;
	/* Sequentially consistent: if the manager has yet to take a message, it sees them after that. */
	sync_store(&pool->elasticity.bounds, elasticity_word(bounds), seq_cst);
	pool_wake_manager(pool);
	return POOLTOY_OK;
}

/* Readiness. */

static int check_wait(struct pooltoy_pool *pool, int workers)
{
	struct pooltoy_worker *worker = worker_current();
	int code = pool ? pool_check_fork(pool)
			: error_set(POOLTOY_EINVAL, "wait_ready: pool is NULL");

	if (code)
		return code;
	if (workers < 0 || (unsigned)workers > pool->config.max_workers)
		return error_set(POOLTOY_EINVAL,
				 "pool \"%s\": wait_ready: it never has %d workers, but 0 to %u",
				 pool->config.name, workers, pool->config.max_workers);
	if (worker && worker->slot.pool == pool)
		return error_set(POOLTOY_EDEADLK,
				 "pool \"%s\": its own worker cannot wait until its workers are up",
				 pool->config.name);
	return POOLTOY_OK;
}

static int not_ready(struct pooltoy_pool *pool, int code)
{
	char reason[POOL_REASON_SIZE];

	pool_get_reason(pool, reason, sizeof reason);
	return error_set(code, "pool \"%s\": wait_ready: %s, with %u workers up%s%s",
			 pool->config.name, pooltoy_strerror(code), pool_count_up(pool),
			 reason[0] ? "; last failure: " : "", reason);
}

struct readiness {
	struct pooltoy_pool *pool;
	struct ready_waiter waiter;
};

static void leave(void *argument)
{
	struct readiness *readiness = argument;

	ready_leave(readiness->pool, &readiness->waiter);
}

int pooltoy_pool_wait_ready(struct pooltoy_pool *pool, int workers, int timeout_ms)
{
	struct readiness readiness = { .pool = pool };
	struct ready_waiter *waiter = &readiness.waiter;
	uint64_t deadline = deadline_from_timeout(timeout_ms);
	struct self *self;
	bool in_time = timeout_ms != 0;
	int code = check_wait(pool, workers);

	if (!code)
		code = self_get(pool->config.name, &self);
	if (code)
		return code;
	waiter->parker = self->parker;
	waiter->parker->max_spins = pool->config.max_spins;
	waiter->workers = (unsigned)workers;
	ready_enter(pool, waiter);
	sync_cleanup_push(leave, &readiness);
	ready_tell(pool); /* itself, if it need not wait */
	while (sync_load(&waiter->outcome, acquire) == READY_PENDING && in_time)
		in_time = parker_park(waiter->parker, deadline);
	sync_cleanup_pop(1);
	code = sync_load(&waiter->outcome, acquire);
	if (code == READY_PENDING)
		code = POOLTOY_ETIMEDOUT;
	return code ? not_ready(pool, code) : POOLTOY_OK;
}
