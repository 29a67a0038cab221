/* SPDX-License-Identifier: MIT */
/* api_submit_start.c: tasks whose outcome arrives in a completion queue. */
#include "error.h"
#include "operation.h"
#include "spec_copy.h"
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
	return task_withdraw(operation->pool, operation->task.position, code);
}

/* Too late before it began. */
static int check_time(const struct operation_order *order, uint64_t deadline)
{
	const char *name = order->pool->config.name;

	if (cancel_token_is_cancelled(order->cancel))
		return error_set(POOLTOY_ECANCELLED, "pool \"%s\": submit: was cancelled", name);
	if (deadline != SYNC_NEVER && deadline <= sync_now())
		return error_set(POOLTOY_ETIMEDOUT, "pool \"%s\": submit: timed out", name);
	return POOLTOY_OK;
}

static int start_task(const struct operation_order *order, const void *request, size_t length,
		      uint64_t deadline)
{
	struct operation *operation;
	int code = operation_check(order->queue);

	if (code)
		return code;
	if (!order->pool)
		return error_set(POOLTOY_EINVAL, "submit: pool is NULL");
	code = pool_check_fork(order->pool);
	if (!code)
		code = check_time(order, deadline);
	if (!code)
		code = operation_begin(order, POOLTOY_COMPLETION_TASK, leave_task, &operation);
	if (code)
		return code;
	operation->timed = deadline != SYNC_NEVER;
	code = pooltoy_submit(order->pool, request, length, told, operation, &operation->task);
	if (code)
		operation_forget(operation);
	else
		operation_started(operation, deadline);
	return code;
}

int pooltoy_submit_start(struct pooltoy_completion_queue *queue, struct pooltoy_pool *pool,
			 const void *request, size_t length, void *tag,
			 struct pooltoy_pending *pending)
{
	const struct operation_order order = { queue, pool, tag, pending, NULL };

	return start_task(&order, request, length, SYNC_NEVER);
}

int pooltoy_submit_start_with(struct pooltoy_completion_queue *queue, struct pooltoy_pool *pool,
			      const void *request, size_t length,
			      const struct pooltoy_task_options *given, void *tag,
			      struct pooltoy_pending *pending)
{
	struct operation_order order = { queue, pool, tag, pending, NULL };
	struct pooltoy_task_options options;
	int code = given ? spec_copy(&options, sizeof options, given, "task options")
			 : error_set(POOLTOY_EINVAL, "task options: NULL");

	if (!code)
		code = cancel_token_check_fork(options.cancel);
	if (code)
		return code;
	order.cancel = options.cancel;
	return start_task(&order, request, length,
			  options.deadline ? options.deadline : SYNC_NEVER);
}
