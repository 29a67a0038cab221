/* SPDX-License-Identifier: MIT */
/* worker_tasks.c: how a worker serves its pool's tasks, while its slot is SERVING. */
#include "task.h"
#include "withhold.h"
#include "worker_health.h"

/* Tells what came of the worker's task, which is over. */
static void end_task(struct pooltoy_worker *worker, int code)
{
	struct pooltoy_outcome outcome = { .struct_size = sizeof outcome,
					   .code = code,
					   .worker = (int)worker->slot.index,
					   .reason = "" };

	worker->in_call = false;
	figure_store(&worker->in_task, false);
	if (code == POOLTOY_ECRASHED && worker->reason[0]) {
		outcome.reason = worker->reason;
	} else {
		outcome.reply = worker->cell.reply.data;
		outcome.length = worker->cell.reply.length;
	}
	task_end(&worker->task, &outcome);
}

void worker_leave_tasks(struct pooltoy_worker *worker)
{
	struct pooltoy_pool *pool = worker->pool;
	struct task_ring *tasks = sync_load(&pool->broker.tasks, seq_cst);

	/* It may have been called for one, and stopped on its way. */
	if (tasks)
		task_call_for_rest(pool, tasks);
	if (figure_load(&worker->in_task))
		end_task(worker, POOLTOY_ECRASHED);
}

/*
 * Runs the first task; false if there is none, or the worker is to stop, or withheld. The cell is nobody's while
 * the slot is SERVING, so the reply grows there.
 */
static bool run_task(struct pooltoy_worker *worker, struct task_ring *tasks)
{
	const struct pooltoy_worker_ops *ops = &worker->pool->config.ops;
	struct task *task = &worker->task;
	int code;

	if (withhold_keeps_from_tasks(worker) || !worker_enter_callback(worker))
		return false;
	if (!task_ring_take(tasks, task)) {
		worker_leave_callback(worker);
		return false;
	}
	task_call_for_rest(worker->pool, tasks);
	worker->cell.code = 0;
	worker->cell.reply.length = 0;
	worker->in_call = true;
	figure_store(&worker->in_task, true);
	code = ops->handle_call(worker, worker->state, task_request(task), task->length);
	worker_leave_callback(worker);
	worker_callback_returned(worker, "handle_call", code);
	if (code >= 0)
		sync_store(&worker->tasks_run, sync_load(&worker->tasks_run, relaxed) + 1, relaxed);
	end_task(worker, code < 0 ? POOLTOY_ECRASHED : worker->cell.code);
	return code >= 0;
}

/* While it has nothing to do, and is awake: whether there is something to look at. */
static bool is_wanted(void *argument)
{
	struct broker *broker = argument;

	return broker_has_tasks(broker) || checkout_queue_waited_for(&broker->queue);
}

/*
 * Stays awake for a moment, one worker of the pool at a time; whether a task came. Meanwhile senders
 * leave it to the watcher that their tasks are begun.
 */
static bool watch_for_tasks(struct pooltoy_worker *worker, struct task_ring *tasks)
{
	struct broker *broker = &worker->pool->broker;

	if (sync_exchange(&tasks->watched, true, seq_cst))
		return false;
	parker_spin(&worker->parker, is_wanted, broker);
	sync_store(&tasks->watched, false, seq_cst); /* then it looks: pairs with task_call */
	return broker_has_tasks(broker);
}

/* To the next task: unless it is a client's turn, or the worker is one too many, or to be replaced. */
static bool may_go_on(struct pooltoy_worker *worker)
{
	struct broker *broker = &worker->pool->broker;

	return !checkout_queue_waited_for(&broker->queue) && !broker_has_excess(broker) &&
	       !worker_is_due(worker);
}

void worker_serve_tasks(struct pooltoy_worker *worker, uint64_t generation)
{
	struct pooltoy_pool *pool = worker->pool;
	struct task_ring *tasks = sync_load(&pool->broker.tasks, acquire); /* of broker_tasks */

	sync_store(&worker->serving, generation, relaxed); /* published with the entry */
	monitor_table_serve(&worker->slot, generation, sync_load(&worker->thread_id, relaxed),
			    sync_now_coarse());
	do {
		/* At least one, so that what has been given to the tasks does not go round. */
		while (run_task(worker, tasks) && may_go_on(worker))
			;
	} while (may_go_on(worker) && watch_for_tasks(worker, tasks) && may_go_on(worker) &&
		 !sync_load(&worker->halted, relaxed) && !withhold_keeps_from_tasks(worker));
	task_call_for_rest(pool, tasks); /* what was left to the watcher */
	worker_become_free(worker);
}
