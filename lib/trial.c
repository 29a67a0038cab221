/* SPDX-License-Identifier: MIT */
/* trial.c: a thread that is placed as a pool's workers are going to be, and says whether it could be. */
#include "trial.h"

#include <errno.h>
#include <stdio.h>

static const char *needed_for(const struct sync_placement *placement)
{
	if (placement->scheduling == POOLTOY_SCHED_FIFO ||
	    placement->scheduling == POOLTOY_SCHED_RR)
		return ": it takes CAP_SYS_NICE, or a higher RLIMIT_RTPRIO";
	return ": it takes CAP_SYS_NICE, or a higher RLIMIT_NICE";
}

static int try_out(struct pooltoy_pool *pool)
{
	const struct sync_placement *placement = &pool->config.placement;
	char reason[POOL_REASON_SIZE];
	const char *what;
	int failed = sync_place(placement, 0, &what), missing = -1;

	if (!failed && placement->cpus)
		missing = sync_processor_missing(placement);
	if (!failed && missing < 0)
		return POOLTOY_OK;
	if (failed)
		snprintf(reason, sizeof reason, "%s: %s%s", what, sync_error_text(failed),
			 failed == EPERM ? needed_for(placement) : "");
	else
		snprintf(reason, sizeof reason, "processors: %d is not available", missing);
	pool_set_reason(pool, reason);
	return failed == EPERM ? POOLTOY_EPERM : failed == ENOMEM ? POOLTOY_ENOMEM : POOLTOY_EINVAL;
}

static void trial_main(void *argument)
{
	struct pooltoy_pool *pool = argument;
	struct thread *self = pool->trial;

	pool->trial_code = try_out(pool);
	sync_store(&pool->trial_over, true, release); /* pairs with look_at_pool */
	mailbox_post(pool->supervisor_mailbox, &pool->attention);
	thread_leave(self, pool->reaper);
}

static void joined(void *pool)
{
	pool_unref(pool);
}

int trial_start(struct pooltoy_pool *pool)
{
	struct thread_spec spec = { .name = pool->config.name,
				    .suffix = "/t",
				    .stack_size = pool->config.stack_size,
				    .guard_size = pool->config.guard_size,
				    .body = trial_main,
				    .joined = joined,
				    .argument = pool };
	int code;

	pool_ref(pool);
	code = thread_start(&pool->trial, &spec);
	if (code) {
		pool_set_reason(pool, "stack, guard: no thread or memory to try them out");
		pool_unref(pool);
	}
	return code;
}
