/* SPDX-License-Identifier: MIT */
/* api_operations.c: pausing a pool, and resuming. */
#include "api_pool.h"
#include "error.h"
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
