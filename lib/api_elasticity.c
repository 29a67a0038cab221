/* SPDX-License-Identifier: MIT */
/* api_elasticity.c: changing how many workers a pool has. */
#include "error.h"
#include "pool.h"

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
	if (code)
		return code;
	if (pool_state(pool) == POOL_STOPPED)
		return error_set(POOLTOY_ESTOPPED, "pool \"%s\": it has been stopped",
				 pool->config.name);
	/* Sequentially consistent: if the manager has yet to take a message, it sees them after that. */
	sync_store(&pool->elasticity.bounds, elasticity_word(bounds), seq_cst);
	pool_wake_manager(pool);
	return POOLTOY_OK;
}
