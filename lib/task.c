/* SPDX-License-Identifier: MIT */
/* task.c: the ends of tasks. */
#include "task.h"

static void free_request(void *many)
{
	sync_free(many);
}

void task_end(struct task *task, const struct pooltoy_outcome *outcome)
{
	/* The callback may end its thread; the task is told of once for all that. */
	pooltoy_done_fn *done = task->done;

	sync_cleanup_push(free_request, task->many);
	task->many = NULL;
	task->done = NULL;
	if (done)
		done(outcome, task->argument);
	sync_cleanup_pop(1);
}

void task_end_unrun(struct task *task, int code, const char *reason)
{
	struct pooltoy_outcome outcome = {
		.struct_size = sizeof outcome, .code = code, .worker = -1, .reason = reason
	};
	int cancel = sync_cancel_disable();

	task_end(task, &outcome);
	sync_cancel_restore(cancel);
}

void task_call(struct pooltoy_pool *pool)
{
	struct task_ring *tasks = sync_load(&pool->broker.tasks, relaxed);

	/* Sequentially consistent, as READY: pairs with the end of the watch in worker_tasks.c. */
	if (!sync_load(&tasks->watched, seq_cst) && !broker_summon(&pool->broker))
		pool_report_tasks(pool);
}

void task_call_for_rest(struct pooltoy_pool *pool, struct task_ring *tasks)
{
	if (task_ring_waiting(tasks))
		task_call(pool);
}

int task_refusal(struct pooltoy_pool *pool)
{
	switch (sync_load(&pool->state, seq_cst)) {
	case POOL_FAILED:
		return POOLTOY_EFAILED;
	case POOL_STOPPED:
	case POOL_DRAINING:
		return POOLTOY_ESTOPPED;
	default:
		return POOLTOY_OK;
	}
}

bool task_withdraw(struct pooltoy_pool *pool, uint64_t position, int code)
{
	struct task_ring *tasks =
		sync_load(&pool->broker.tasks, acquire); /* pairs with broker_tasks */
	struct task task;

	if (!tasks || !task_ring_withdraw(tasks, position, &task))
		return false;
	if (code == POOLTOY_ETIMEDOUT)
		figure_add_shared(&pool->tasks_timed_out, 1);
	else if (code == POOLTOY_ECANCELLED)
		figure_add_shared(&pool->tasks_cancelled, 1);
	task_end_unrun(&task, code, "");
	return true;
}

/*
 * Takes the first task, and waits for its sender if that is in the middle: false once there has
 * been none. For who has closed the way for senders.
 */
static bool drain(struct task_ring *tasks, struct task *task)
{
	bool taken = false;

	sync_yield_until((taken = task_ring_take(tasks, task)) || task_ring_count(tasks) == 0);
	return taken;
}

void task_end_all(struct pooltoy_pool *pool)
{
	struct task_ring *tasks = sync_load(&pool->broker.tasks, seq_cst);
	char reason[POOL_REASON_SIZE] = "";
	struct task task;
	int code;

	while (tasks && (code = task_refusal(pool)) && drain(tasks, &task)) {
		if (code == POOLTOY_EFAILED)
			pool_get_reason(pool, reason, sizeof reason);
		task_end_unrun(&task, code, reason);
	}
}

static void end_errand(void *pool)
{
	pool_unref(pool);
}

static void run_ending(struct errand *errand)
{
	struct pooltoy_pool *pool =
		(struct pooltoy_pool *)((char *)errand -
					offsetof(struct pooltoy_pool, task_ending));

	sync_cleanup_push(end_errand, pool);
	sync_store(&pool->tasks_ending, false, seq_cst); /* a state that changes now sends anew */
	task_end_all(pool);
	sync_cleanup_pop(1);
}

void task_end_all_later(struct pooltoy_pool *pool)
{
	if (!sync_load(&pool->broker.tasks, seq_cst) ||
	    sync_exchange(&pool->tasks_ending, true, seq_cst))
		return;
	pool_ref(pool); /* the errand's */
	pool->task_ending.run = run_ending;
	notifier_send(pool->notifier, &pool->task_ending);
}
