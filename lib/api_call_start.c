/* SPDX-License-Identifier: MIT */
/* api_call_start.c: calls without a thread: the worker itself takes the answer for them. */
#include "call.h"
#include "deadline.h"
#include "error.h"
#include "lease.h"
#include "operation.h"
#include "probe.h"

#include <stdio.h>

static struct operation *operation_of(struct absent_caller *caller)
{
	return (struct operation *)((char *)caller - offsetof(struct operation, caller));
}

static void tell(struct operation *operation, int code)
{
	PROBE(call_done, operation->pool->config.name, operation->worker->slot.index, code);
	call_measure(operation->pool, operation->measured_since);
	operation_complete(operation, code);
}

/* The cell has the answer, and is the caller's; whoever it is that acts for it. */
static void take_answer(struct operation *operation)
{
	struct pooltoy_worker *worker = operation->worker;
	struct cell *cell = &worker->cell;
	struct pooltoy_completion *told = &operation->completion.told;
	int code = POOLTOY_ECRASHED;

	if (cell_look(cell) == CELL_REPLIED) {
		code = cell->code;
		bytes_move(&operation->reply, &cell->reply);
		told->reply = operation->reply.data;
		told->length = operation->reply.length;
	} else {
		snprintf(operation->reason, sizeof operation->reason, "%s",
			 worker_why_it_died(worker));
	}
	worker_end_claim(worker);
	tell(operation, code);
}

/* By the worker. */
static void over(struct absent_caller *caller, bool answered)
{
	struct operation *operation = operation_of(caller);
	int pending = OPERATION_PENDING;

	/* Else who leaves finds the answer, and takes it. */
	if (answered && sync_cas(&operation->phase, &pending, OPERATION_OVER, acq_rel))
		take_answer(operation);
	completion_unref(&operation->completion); /* the cell's */
}

static bool leave_call(struct operation *operation, int code)
{
	struct pooltoy_worker *worker = operation->worker;
	struct cell *cell = &worker->cell;

	/* The worker does not empty the cell while somebody leaves: it is this call that is in it. */
	if (cell_move(cell, CELL_POSTED, CELL_EMPTY)) {
		worker_end_claim(worker);
		call_count_left(operation->pool, code);
		tell(operation, code);
		completion_unref(&operation->completion); /* the cell's */
		return true;
	}
	if (!cell_move(cell, CELL_RUNNING, CELL_ABANDONED)) {
		take_answer(operation);
		return false;
	}
	/* The claim is the worker's now; the manager has it interrupted, and sees that it does not last
	 * for ever. */
	if (worker_is_isolated(worker))
		worker_wake(worker); /* it tells its child */
	mailbox_post(&operation->pool->manager.mailbox, &worker->attention);
	call_count_left(operation->pool, code);
	tell(operation, code);
	return true;
}

/* The request, and by when it is to be answered: `timeout_ms` says the same to the worker's handler. */
struct call_order {
	const void *request;
	size_t length;
	int timeout_ms;
	uint64_t deadline;
};

/* Puts the request into the cell, which then is the worker's: 0, or why it cannot, with its message. */
static int post(struct operation *operation, const struct call_order *call)
{
	struct pooltoy_worker *worker = operation->worker;
	struct slot *slot = &worker->slot;
	struct cell *cell = &worker->cell;
	enum slot_result result =
		slot_claim(slot, operation->completion.told.lease.generation, SLOT_CALLING);

	if (result != SLOT_DONE)
		return lease_error(slot, result);
	if (!cell_fill(cell, call->request, call->length, NULL, call->timeout_ms)) {
		worker_end_claim(worker);
		return call_no_memory(slot, call->length);
	}
	cell->absent = &operation->caller;
	figure_store(&cell->deadline, call->deadline);
	completion_ref(&operation->completion); /* the cell's */
	PROBE(call, slot->pool->config.name, slot->index,
	      operation->completion.told.lease.generation, call->length);
	operation->measured_since = call_measured_since(cell);
	sync_store(&cell->state, CELL_POSTED, seq_cst);
	parker_rouse(&worker->parker);
	return POOLTOY_OK;
}

static int start_call(struct operation_order *order, const struct pooltoy_lease *lease,
		      const struct call_order *call)
{
	struct operation *operation;
	struct slot *slot;
	int code = operation_check(order->queue);

	if (code)
		return code;
	slot = lease_resolve(lease, &code);
	if (!slot)
		return code;
	code = call_check(slot, slot->pool->config.ops.handle_call, call->request, call->length);
	if (code)
		return code;
	if (cancel_token_is_cancelled(order->cancel))
		return call_refuse(slot, POOLTOY_ECANCELLED);
	/* (A timeout of 0 has its outcome in the queue.) */
	if (call->timeout_ms < 0 && call->deadline <= sync_now())
		return call_refuse(slot, POOLTOY_ETIMEDOUT);
	order->pool = slot->pool;
	code = operation_begin(order, POOLTOY_COMPLETION_CALL, leave_call, &operation);
	if (code)
		return code;
	operation->worker = worker_of(slot);
	operation->caller.over = over;
	operation->timed = call->deadline != SYNC_NEVER;
	operation->completion.told.lease = *lease;
	operation->completion.told.worker = (int)slot->index;
	code = post(operation, call);
	if (code)
		operation_forget(operation);
	else
		operation_started(operation, call->deadline);
	return code;
}

int pooltoy_call_start(struct pooltoy_completion_queue *queue, const struct pooltoy_lease *lease,
		       const void *request, size_t length, int timeout_ms, void *tag,
		       struct pooltoy_pending *pending)
{
	struct operation_order order = { queue, NULL, tag, pending, NULL };
	const struct call_order call = { request, length, timeout_ms,
					 deadline_from_timeout(timeout_ms) };

	return start_call(&order, lease, &call);
}

int pooltoy_call_start_with(struct pooltoy_completion_queue *queue,
			    const struct pooltoy_lease *lease, const void *request, size_t length,
			    const struct pooltoy_call_options *given, void *tag,
			    struct pooltoy_pending *pending)
{
	struct operation_order order = { queue, NULL, tag, pending, NULL };
	struct call_order call = { request, length, -1, SYNC_NEVER };
	struct pooltoy_call_options options;
	int code = call_take_options(given, &options);

	if (code)
		return code;
	order.cancel = options.cancel;
	if (options.deadline > 0)
		call.deadline = options.deadline;
	return start_call(&order, lease, &call);
}
