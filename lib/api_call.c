/* SPDX-License-Identifier: MIT */
/* api_call.c: calls and casts, the client's side. */
#include "call.h"
#include "client.h"
#include "deadline.h"
#include "error.h"
#include "lease.h"
#include "probe.h"
#include "proxy.h"

#include <string.h>

/* One call in progress: CALLING is set, the cell is the caller's. */
struct call {
	struct pooltoy_worker *worker;
	uint64_t generation;
	void *reply;
	size_t *reply_length;
	bool interrupted; /* `interrupt` has been run, or has ended this thread */
};

/* Leaving. */

static bool is_running(struct pooltoy_worker *worker)
{
	/* The claim is the caller's: it is this call that runs, or none. */
	return cell_look(&worker->cell) == CELL_RUNNING;
}

/* The caller's time is over. False: there is an answer after all. */
static bool give_up(struct call *call)
{
	struct pooltoy_worker *worker = call->worker;

	if (cell_move(&worker->cell, CELL_POSTED, CELL_EMPTY)) {
		worker_end_claim(worker);
		return true;
	}
	if (!call->interrupted) {
		call->interrupted = true;
		worker_interrupt(worker, is_running);
	}
	if (!cell_move(&worker->cell, CELL_RUNNING, CELL_ABANDONED))
		return false;
	/* The claim is the worker's now; the manager sees that it does not last for ever. */
	if (worker_is_isolated(worker))
		worker_wake(worker); /* it tells its child */
	mailbox_post(&worker->slot.pool->manager.mailbox, &worker->attention);
	return true;
}

static void leave_cancelled_call(void *argument)
{
	struct call *call = argument;

	if (!give_up(call))
		worker_end_claim(call->worker);
}

/* Answers. */

static int copy_reply(struct call *call)
{
	struct cell *cell = &call->worker->cell;
	size_t room;

	if (!call->reply_length)
		return POOLTOY_OK;
	room = *call->reply_length;
	*call->reply_length = cell->reply.length;
	cell->reply_kept = cell->reply.length > room;
	cell->reply_generation = call->generation;
	if (cell->reply_kept)
		return error_set(POOLTOY_ETOOSMALL,
				 "pool \"%s\": worker %u: the reply has %zu bytes",
				 call->worker->slot.pool->config.name, call->worker->slot.index,
				 cell->reply.length);
	if (cell->reply.length > 0)
		memcpy(call->reply, cell->reply.data, cell->reply.length);
	return POOLTOY_OK;
}

static int take_reply(struct call *call)
{
	int code = call->worker->cell.code, copied = copy_reply(call);

	if (copied || !code)
		return copied;
	return error_set(code, "pool \"%s\": worker %u replied with error %d: %s",
			 call->worker->slot.pool->config.name, call->worker->slot.index, code,
			 pooltoy_strerror(code));
}

static int take_answer(struct call *call)
{
	struct pooltoy_worker *worker = call->worker;
	int code;

	if (cell_look(&worker->cell) == CELL_REPLIED)
		code = take_reply(call);
	else
		code = error_set(POOLTOY_ECRASHED, "pool \"%s\": worker %u died in a call: %s",
				 worker->slot.pool->config.name, worker->slot.index,
				 worker_why_it_died(worker));
	PROBE(call_done, worker->slot.pool->config.name, worker->slot.index, code);
	worker_end_claim(worker);
	return code;
}

static bool is_answered(void *cell)
{
	enum cell_state state = cell_look(cell);

	return state == CELL_REPLIED || state == CELL_CRASHED;
}

/* Calls. */

int call_no_memory(const struct slot *slot, size_t length)
{
	return error_set(POOLTOY_ENOMEM, "pool \"%s\": no memory for a request of %zu bytes",
			 slot->pool->config.name, length);
}

static int claim_cell(struct call *call)
{
	struct slot *slot = &call->worker->slot;
	enum slot_result result;

	if (worker_current() == call->worker)
		return error_set(POOLTOY_EDEADLK, "pool \"%s\": worker %u calls itself",
				 slot->pool->config.name, slot->index);
	result = slot_claim(slot, call->generation, SLOT_CALLING);
	return result == SLOT_DONE ? POOLTOY_OK : lease_error(slot, result);
}

static uint64_t set_deadline(struct cell *cell)
{
	uint64_t deadline = figure_load(&cell->deadline);

	if (deadline == CELL_DEADLINE_TO_COME) {
		deadline = deadline_from_timeout(cell->timeout_ms);
		figure_store(&cell->deadline, deadline);
	}
	return deadline;
}

/* Asleep, if need be; the clock is asked only now. */
static bool wait_for_answer(struct call *call, struct parker *parker)
{
	struct cell *cell = &call->worker->cell;
	uint64_t deadline = set_deadline(cell);
	bool answered;

	sync_cleanup_push(leave_cancelled_call, call);
	while (!(answered = is_answered(cell)))
		if (!parker_await(parker, is_answered, cell, deadline)) {
			answered = !give_up(call);
			break;
		}
	sync_cleanup_pop(0);
	return answered;
}

/* Calls to a child process, without a hop to the worker's thread and back, if that has nothing to do. */

static void leave_direct_call(void *argument)
{
	struct call *call = argument;

	worker_leave_helm(call->worker);
	leave_cancelled_call(call);
}

/* At the helm, the call begun. True: the child has answered; else the worker's thread sees to it. */
static bool speak_to_child(struct call *call, struct parker *parker)
{
	struct pooltoy_worker *worker = call->worker;
	uint64_t deadline = set_deadline(&worker->cell);
	bool answered;

	sync_cleanup_push(leave_direct_call, call);
	proxy_send_call(worker);
	answered = proxy_await_directly(worker, parker, deadline);
	sync_cleanup_pop(0);
	if (!answered) {
		worker_leave_helm(worker);
		return false;
	}
	worker_end_call(worker, proxy_take_answer(worker));
	worker_give_helm(worker);
	return true;
}

/* Whether it is answered. Who does not want to wait leaves before the call runs. */
static SYNC_SLOW_PATH bool call_directly(struct call *call, struct parker *parker)
{
	struct pooltoy_worker *worker = call->worker;

	if (worker->cell.timeout_ms == 0 || !worker_take_helm(worker))
		return false;
	if (!worker_has_casts(worker) && worker_begin_call(worker))
		return speak_to_child(call, parker);
	worker_give_helm(worker);
	return false;
}

/* Posts the request, and waits for the answer until the deadline. */
static int post_and_wait(struct call *call, struct parker *parker)
{
	struct pooltoy_worker *worker = call->worker;
	struct cell *cell = &worker->cell;
	bool answered;

	parker->max_spins = worker->slot.pool->config.max_spins;
	sync_store(&cell->state, CELL_POSTED, seq_cst);
	answered = worker_is_isolated(worker) && call_directly(call, parker);
	if (!answered) {
		parker_rouse(&worker->parker);
		answered = (parker_spin(parker, is_answered, cell) && is_answered(cell)) ||
			   wait_for_answer(call, parker);
	}
	if (answered)
		return take_answer(call);
	PROBE(call_done, worker->slot.pool->config.name, worker->slot.index, POOLTOY_ETIMEDOUT);
	return error_set(POOLTOY_ETIMEDOUT, "pool \"%s\": worker %u: the call timed out",
			 worker->slot.pool->config.name, worker->slot.index);
}

int pooltoy_call(const struct pooltoy_lease *lease, const void *request, size_t length, void *reply,
		 size_t *reply_length, int timeout_ms)
{
	struct self *self;
	struct call call;
	int code;
	struct slot *slot = lease_resolve(lease, &code);

	if (!slot)
		return code;
	code = call_check(slot, slot->pool->config.ops.handle_call, request, length);
	if (code)
		return code;
	if (reply && !reply_length)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": a reply buffer without its length",
				 slot->pool->config.name);
	code = self_get(slot->pool->config.name, &self);
	if (code)
		return code;
	call = (struct call){ worker_of(slot), lease->generation, reply, reply_length, false };
	if (reply_length && !reply)
		*reply_length = 0; /* any reply is too large */
	code = claim_cell(&call);
	if (code)
		return code;
	if (!cell_fill(&call.worker->cell, request, length, self->parker, timeout_ms)) {
		worker_end_claim(call.worker);
		return call_no_memory(slot, length);
	}
	PROBE(call, slot->pool->config.name, slot->index, call.generation, length);
	return post_and_wait(&call, self->parker);
}

int pooltoy_call_reply(const struct pooltoy_lease *lease, void *reply, size_t *reply_length)
{
	struct call call;
	struct cell *cell;
	int code;
	struct slot *slot = lease_resolve(lease, &code);

	if (!slot)
		return code;
	if (!reply || !reply_length)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": call_reply: no buffer or no length",
				 slot->pool->config.name);
	call = (struct call){ worker_of(slot), lease->generation, reply, reply_length, false };
	cell = &call.worker->cell;
	code = claim_cell(&call);
	if (code)
		return code;
	if (cell->reply_kept && cell->reply_generation == lease->generation)
		code = take_reply(&call);
	else
		code = error_set(POOLTOY_ENOENT,
				 "pool \"%s\": worker %u: no reply is left to fetch",
				 slot->pool->config.name, slot->index);
	worker_end_claim(call.worker);
	return code;
}

/* Casts. */

/* True: the cast is the worker's; else it remains the caller's, and *result is SLOT_DONE if there are too many. */
static bool queue_cast(struct pooltoy_worker *worker, uint64_t generation, struct cast *cast,
		       enum slot_result *result)
{
	bool queued = false;
	unsigned count;

	sync_mutex_lock(&worker->casts_lock);
	count = sync_load(&worker->casts_count, relaxed);
	if (count < worker->slot.pool->config.max_casts) {
		*result = slot_claim_casting(&worker->slot, generation);
		queued = *result == SLOT_DONE;
	} else {
		*result = slot_word_is_lease(slot_look(&worker->slot), generation) ? SLOT_DONE
										   : SLOT_STALE;
	}
	if (queued) {
		*worker->casts_end = cast;
		worker->casts_end = &cast->next;
		sync_store(&worker->casts_count, count + 1, relaxed);
	}
	sync_mutex_unlock(&worker->casts_lock);
	return queued;
}

int pooltoy_cast(const struct pooltoy_lease *lease, const void *message, size_t length)
{
	struct cast *cast;
	enum slot_result result;
	int code;
	struct slot *slot = lease_resolve(lease, &code);

	if (!slot)
		return code;
	code = call_check(slot, slot->pool->config.ops.handle_cast, message, length);
	if (code)
		return code;
	cast = sync_alloc(sizeof *cast + length);
	if (!cast)
		return error_set(POOLTOY_ENOMEM,
				 "pool \"%s\": no memory for a message of %zu bytes",
				 slot->pool->config.name, length);
	cast->length = length;
	if (length > 0)
		memcpy(cast->data, message, length);
	if (queue_cast(worker_of(slot), lease->generation, cast, &result)) {
		worker_wake(worker_of(slot));
		return POOLTOY_OK;
	}
	sync_free(cast);
	if (result == SLOT_DONE)
		return error_set(
			POOLTOY_EAGAIN, "pool \"%s\": worker %u: %u casts wait for it already",
			slot->pool->config.name, slot->index, slot->pool->config.max_casts);
	return lease_error(slot, result);
}
