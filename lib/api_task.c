/* SPDX-License-Identifier: MIT */
/* api_task.c: submitting and cancelling tasks. */
#include "error.h"
#include "task.h"
#include "worker.h"

#include <pooltoy/task.h>
#include <string.h>

static int check_submit(struct pooltoy_pool *pool, const void *request, size_t length)
{
	const char *name;
	int code = pool ? pool_check_fork(pool) : error_set(POOLTOY_EINVAL, "submit: pool is NULL");

	if (code)
		return code;
	name = pool->config.name;
	if (!pool->config.ops.handle_call)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": its workers have no handle_call",
				 name);
	if (!request && length > 0)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": the request is NULL", name);
	if (pool_may_have(pool) == 0)
		return error_set(POOLTOY_EFULL, "pool \"%s\": it has no workers at all", name);
	return POOLTOY_OK;
}

static int no_memory(struct pooltoy_pool *pool, size_t length)
{
	return error_set(POOLTOY_ENOMEM, "pool \"%s\": no memory for a task of %zu bytes",
			 pool->config.name, length);
}

static int queue_is_full(struct pooltoy_pool *pool)
{
	return error_set(POOLTOY_EAGAIN, "pool \"%s\": %u tasks wait already", pool->config.name,
			 pool->config.max_tasks);
}

static int refuse(struct pooltoy_pool *pool, int code)
{
	char reason[POOL_REASON_SIZE];

	pool_get_reason(pool, reason, sizeof reason);
	return error_set(code, "pool \"%s\": submit: %s%s%s", pool->config.name,
			 pooltoy_strerror(code), reason[0] ? "; last failure: " : "", reason);
}

/* False: no memory. */
static bool copy_request(struct task *task, const void *request, size_t length)
{
	task->many = NULL;
	task->length = length;
	if (length > TASK_FEW) {
		task->many = sync_alloc(length);
		if (!task->many)
			return false;
		memcpy(task->many, request, length);
	} else if (length > 0) {
		memcpy(task->few, request, length);
	}
	return true;
}

static int send(struct pooltoy_pool *pool, struct task *task, uint64_t *position)
{
	struct task_ring *tasks = broker_tasks(&pool->broker, pool->config.max_tasks);
	int code = task_refusal(pool);

	if (code)
		return refuse(pool, code);
	if (!tasks)
		return no_memory(pool, task->length);
	if (!task_ring_put(tasks, task, position))
		return queue_is_full(pool);
	/* It may have been closed just before; then this task is taken back, unless somebody has it. */
	code = task_refusal(pool);
	if (code && task_ring_withdraw(tasks, *position, task))
		return refuse(pool, code);
	return POOLTOY_OK;
}

int pooltoy_submit(struct pooltoy_pool *pool, const void *request, size_t length,
		   pooltoy_done_fn *done, void *argument, struct pooltoy_task *task)
{
	struct task sent = { .done = done, .argument = argument };
	uint64_t position;
	int code = check_submit(pool, request, length);

	if (code)
		return code;
	if (pool->config.max_tasks == 0)
		return queue_is_full(pool);
	if (!copy_request(&sent, request, length))
		return no_memory(pool, length);
	code = send(pool, &sent, &position);
	if (code) {
		sync_free(sent.many);
		return code;
	}
	if (task)
		*task = (struct pooltoy_task){ (uintptr_t)pool, position };
	task_call(pool);
	return POOLTOY_OK;
}

int pooltoy_task_cancel(const struct pooltoy_task *task)
{
	struct pooltoy_pool *pool = task ? (struct pooltoy_pool *)task->pool : NULL;
	int code = pool ? pool_check_fork(pool)
			: error_set(POOLTOY_EINVAL, "task: not one that a submit has given");

	if (code)
		return code;
	if (!task_withdraw(pool, task->position, POOLTOY_ECANCELLED))
		return error_set(POOLTOY_ESTALE, "pool \"%s\": the task has begun, or is over",
				 pool->config.name);
	return POOLTOY_OK;
}
