/* SPDX-License-Identifier: MIT */
/* operation.c: what all operations have in common: their beginning, deadline and end. */
#include "operation.h"
#include "error.h"

static struct operation *operation_of(struct completion *completion)
{
	return (struct operation *)completion; /* its first member */
}

/* Nobody has seen the lease, nor will. */
static void left_behind(struct completion *completion)
{
	const struct pooltoy_completion *told = &completion->told;

	if (told->type == POOLTOY_COMPLETION_CHECKOUT && told->code == POOLTOY_OK)
		client_return_unused((struct slot *)told->lease.slot, told->lease.generation);
}

static void dispose(struct completion *completion)
{
	struct operation *operation = operation_of(completion);

	bytes_free(&operation->reply);
	if (operation->client)
		client_unref(operation->client);
	if (operation->watch.token)
		cancel_token_unref(operation->watch.token);
	pool_unref(operation->pool);
}

static void cancel(struct completion *completion)
{
	operation_leave(operation_of(completion), POOLTOY_ECANCELLED);
}

const struct completion_kind operation_kind = { sizeof(struct operation), left_behind, dispose,
						cancel };

int operation_check(const struct pooltoy_completion_queue *queue)
{
	if (!queue)
		return error_set(POOLTOY_EINVAL, "completion queue: NULL");
	if (queue->fork_epoch == sync_fork_epoch())
		return POOLTOY_OK;
	return error_set(POOLTOY_EFORKED, "completion queue: it is from before fork()");
}

static void deadline_passed(struct deadline_entry *entry, int code)
{
	struct operation *operation =
		(struct operation *)((char *)entry - offsetof(struct operation, deadline));

	operation_leave(operation, code);
	completion_unref(&operation->completion); /* the deadline's */
}

static void token_cancelled(struct cancel_watch *watch)
{
	struct operation *operation =
		(struct operation *)((char *)watch - offsetof(struct operation, watch));

	operation_leave(operation, POOLTOY_ECANCELLED);
	completion_unref(&operation->completion); /* the watch's */
}

int operation_begin(const struct operation_order *order, enum pooltoy_completion_type type,
		    bool (*leave)(struct operation *operation, int code),
		    struct operation **operation)
{
	struct completion *completion = completion_take(order->queue);
	struct operation *begun = operation_of(completion);

	if (!completion)
		return error_set(POOLTOY_ENOMEM, "pool \"%s\": no memory for an operation",
				 order->pool->config.name);
	completion_ref(completion); /* the starter's */
	completion->told.type = type;
	completion->told.tag = order->tag;
	pool_ref(order->pool);
	begun->pool = order->pool;
	begun->leave = leave;
	begun->deadline.passed = deadline_passed;
	begun->watch.token = order->cancel;
	if (order->cancel)
		cancel_token_ref(order->cancel);
	begun->watch.cancelled = token_cancelled;
	if (order->pending)
		*order->pending =
			(struct pooltoy_pending){ (uintptr_t)completion, completion->serial };
	*operation = begun;
	return POOLTOY_OK;
}

static void set_deadline(struct operation *operation, uint64_t deadline)
{
	struct pooltoy_pool *pool = operation->pool;
	enum deadlines_result result;

	completion_ref(&operation->completion); /* the deadline's */
	result = deadlines_set(&pool->deadlines, &operation->deadline, deadline);
	if (result == DEADLINE_NEXT)
		pool_wake_manager(pool);
	else if (result == DEADLINE_CLOSED)
		operation_leave(operation, POOLTOY_ESTOPPED);
	if (result == DEADLINE_OVER || result == DEADLINE_CLOSED)
		completion_unref(&operation->completion);
}

static void watch_token(struct operation *operation)
{
	enum cancel_watch_result result;

	completion_ref(&operation->completion); /* the watch's */
	result = cancel_watch_set(&operation->watch);
	if (result == CANCEL_WATCH_CANCELLED)
		operation_leave(operation, POOLTOY_ECANCELLED);
	if (result != CANCEL_WATCH_SET)
		completion_unref(&operation->completion);
}

void operation_started(struct operation *operation, uint64_t deadline)
{
	if (deadline != SYNC_NEVER)
		set_deadline(operation, deadline);
	if (operation->watch.token)
		watch_token(operation);
	completion_unref(&operation->completion); /* the starter's */
}

void operation_forget(struct operation *operation)
{
	completion_unref(&operation->completion);
	completion_unref(&operation->completion);
}

void operation_complete(struct operation *operation, int code)
{
	struct completion *completion = &operation->completion;

	completion->told.code = code;
	if (operation->reason[0])
		completion->told.reason = operation->reason;
	sync_store(&operation->phase, OPERATION_OVER, relaxed); /* nobody is to try any more */
	if (operation->timed && deadlines_drop(&operation->pool->deadlines, &operation->deadline))
		completion_unref(completion); /* the deadline's */
	if (operation->watch.token && cancel_watch_drop(&operation->watch))
		completion_unref(completion); /* the watch's */
	completion_post(completion);
}

void operation_fail(struct operation *operation, int code)
{
	pool_get_reason(operation->pool, operation->reason, sizeof operation->reason);
	operation_complete(operation, code);
}

bool operation_leave(struct operation *operation, int code)
{
	int pending = OPERATION_PENDING;

	/* Acquire and release: the worker sees who leaves, or the reverse (api_call_start.c). */
	return sync_cas(&operation->phase, &pending, OPERATION_LEAVING, acq_rel) &&
	       operation->leave(operation, code);
}
