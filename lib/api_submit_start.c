/* SPDX-License-Identifier: MIT */
/* api_submit_start.c: tasks whose outcome arrives in a completion queue. */
#include "error.h"
#include "operation.h"
#include "task.h"

#include <stdio.h>

/* On the thread of the worker that ran it; or of who cancels it, or ends it with its pool. */
static void told(const struct pooltoy_outcome *outcome, void *argument)
{
	struct operation *operation = argument;
	struct pooltoy_completion *completion = &operation->completion.told;

	completion->worker = outcome->worker;
	snprintf(operation->reason, sizeof operation->reason, "%s", outcome->reason);
	if (outcome->reply) {
		/* The worker's own, of which it makes no more use; so that there need be no memory. */
		bytes_move(&operation->reply, &worker_current()->cell.reply);
		completion->reply = operation->reply.data;
		completion->length = operation->reply.length;
	}
	operation_complete(operation, outcome->code);
}

static bool leave_task(struct operation *operation, int code)
{
	(void)code; /* it has no deadline: ECANCELLED, which `told` is told, too */
	return task_cancel(operation->pool, operation->task.position);
}

int pooltoy_submit_start(struct pooltoy_completion_queue *queue, struct pooltoy_pool *pool,
			 const void *request, size_t length, void *tag,
			 struct pooltoy_pending *pending)
{
	const struct operation_order order = { queue, pool, tag, pending };
	struct operation *operation;
	int code = operation_check(queue);

	if (code)
		return code;
	if (!pool)
		return error_set(POOLTOY_EINVAL, "submit: pool is NULL");
	code = pool_check_fork(pool);
	if (code)
		return code;
	code = operation_begin(&order, POOLTOY_COMPLETION_TASK, leave_task, &operation);
	if (code)
		return code;
	code = pooltoy_submit(pool, request, length, told, operation, &operation->task);
	if (code)
		operation_forget(operation);
	else
		operation_started(operation, SYNC_NEVER);
	return code;
}
