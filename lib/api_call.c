/* SPDX-License-Identifier: MIT */
/* api_call.c: calls and casts, the client's side. */
#include "call.h"
#include "cancel_token.h"
#include "client.h"
#include "deadline.h"
#include "error.h"
#include "lease.h"
#include "probe.h"
#include "proxy.h"
#include "spec_copy.h"

#include <string.h>

/* One call in progress: CALLING is set, the cell is the caller's. */
struct call {
	struct pooltoy_worker *worker;
	uint64_t generation;
	void *reply;
	size_t *reply_length;
	bool interrupted; /* `interrupt` has been run, or has ended this thread */
	struct pooltoy_cancel_token *cancel; /* or NULL */
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

static SYNC_FAST_PATH int take_answer(struct call *call)
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

/* Asleep, if need be; the clock is asked only now. 0: there is an answer; or why there is none. */
static inline int wait_for_answer(struct call *call, struct parker *parker)
{
	struct cell *cell = &call->worker->cell;
	uint64_t deadline = set_deadline(cell);
	int leaving = POOLTOY_OK;

	sync_cleanup_push(leave_cancelled_call, call);
	while (!leaving && !is_answered(cell)) {
		if (!parker_await(parker, is_answered, cell, deadline))
			leaving = POOLTOY_ETIMEDOUT;
		else if (cancel_token_is_cancelled(call->cancel))
			leaving = POOLTOY_ECANCELLED;
	}
	if (leaving && !give_up(call))
		leaving = POOLTOY_OK;
	sync_cleanup_pop(0);
	return leaving;
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

/*
 * Whether it is answered. Who does not want to wait leaves before the call runs; and who may be cancelled
 * sleeps where it is woken.
 */
static SYNC_SLOW_PATH bool call_directly(struct call *call, struct parker *parker)
{
	struct pooltoy_worker *worker = call->worker;

	if (worker->cell.timeout_ms == 0 || call->cancel || !worker_take_helm(worker))
		return false;
	if (!worker_has_casts(worker) && worker_begin_call(worker))
		return speak_to_child(call, parker);
	worker_give_helm(worker);
	return false;
}

int call_refuse(const struct slot *slot, int code)
{
	return error_set(code, "pool \"%s\": worker %u: the call %s", slot->pool->config.name,
			 slot->index, code == POOLTOY_ETIMEDOUT ? "timed out" : "was cancelled");
}

/* Posts the request, and waits for the answer until the deadline. */
static SYNC_FAST_PATH int post_and_wait(struct call *call, struct parker *parker)
{
	struct pooltoy_worker *worker = call->worker;
	struct cell *cell = &worker->cell;
	uint64_t since;
	int code = POOLTOY_OK;

	parker->max_spins = worker->slot.pool->config.max_spins;
	PROBE(call, worker->slot.pool->config.name, worker->slot.index, call->generation,
	      cell->request.length);
	since = call_measured_since(cell);
	sync_store(&cell->state, CELL_POSTED, seq_cst);
	if (!worker_is_isolated(worker) || !call_directly(call, parker)) {
		parker_rouse(&worker->parker);
		if (!parker_spin(parker, is_answered, cell) || !is_answered(cell))
			code = wait_for_answer(call, parker);
	}
	call_measure(worker->pool, since);
	if (!code)
		return take_answer(call);
	PROBE(call_done, worker->slot.pool->config.name, worker->slot.index, code);
	call_count_left(worker->pool, code);
	return call_refuse(&worker->slot, code);
}

/* Up to the post: the caller's parker; or NULL, and *code, with its message. */
static SYNC_FAST_PATH struct parker *begin(struct call *call, const struct pooltoy_lease *lease,
					   const void *request, size_t length, int timeout_ms,
					   int *code)
{
	struct self *self;
	struct slot *slot = lease_resolve(lease, code);

	if (!slot)
		return NULL;
	*code = call_check(slot, slot->pool->config.ops.handle_call, request, length);
	if (*code)
		return NULL;
	if (call->reply && !call->reply_length) {
		*code = error_set(POOLTOY_EINVAL, "pool \"%s\": a reply buffer without its length",
				  slot->pool->config.name);
		return NULL;
	}
	*code = self_get(slot->pool->config.name, &self);
	if (*code)
		return NULL;
	call->worker = worker_of(slot);
	call->generation = lease->generation;
	if (call->reply_length && !call->reply)
		*call->reply_length = 0; /* any reply is too large */
	*code = claim_cell(call);
	if (*code)
		return NULL;
	if (cell_fill(&call->worker->cell, request, length, self->parker, timeout_ms))
		return self->parker;
	worker_end_claim(call->worker);
	*code = call_no_memory(slot, length);
	return NULL;
}

int pooltoy_call(const struct pooltoy_lease *lease, const void *request, size_t length, void *reply,
		 size_t *reply_length, int timeout_ms)
{
	struct call call = { .reply = reply, .reply_length = reply_length };
	int code;
	struct parker *parker = begin(&call, lease, request, length, timeout_ms, &code);

	return parker ? post_and_wait(&call, parker) : code;
}

/* Calls with options. */

int call_take_options(const struct pooltoy_call_options *given,
		      struct pooltoy_call_options *options)
{
	int code = given ? spec_copy(options, sizeof *options, given, "call options")
			 : error_set(POOLTOY_EINVAL, "call options: NULL");

	return code ? code : cancel_token_check_fork(options->cancel);
}

static int withdraw(struct call *call, int why)
{
	worker_end_claim(call->worker);
	return call_refuse(&call->worker->slot, why);
}

static SYNC_SLOW_PATH int post_and_watch(struct call *call, struct parker *parker)
{
	struct cancel_watch watch;
	int code;

	if (!call->cancel)
		return post_and_wait(call, parker);
	if (!cancel_watch_begin(&watch, call->cancel, parker))
		return withdraw(call, POOLTOY_ECANCELLED);
	sync_cleanup_push(cancel_watch_end, &watch);
	code = post_and_wait(call, parker);
	sync_cleanup_pop(1);
	return code;
}

int pooltoy_call_with(const struct pooltoy_lease *lease, const void *request, size_t length,
		      void *reply, size_t *reply_length, const struct pooltoy_call_options *given)
{
	struct call call = { .reply = reply, .reply_length = reply_length };
	struct pooltoy_call_options options;
	struct parker *parker;
	int code = call_take_options(given, &options);

	if (code)
		return code;
	parker = begin(&call, lease, request, length, -1, &code);
	if (!parker)
		return code;
	if (options.deadline > 0) {
		if (options.deadline <= sync_now())
			return withdraw(&call, POOLTOY_ETIMEDOUT);
		figure_store(&call.worker->cell.deadline, options.deadline);
	}
	call.cancel = options.cancel;
	return post_and_watch(&call, parker);
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
	call = (struct call){ .worker = worker_of(slot),
			      .generation = lease->generation,
			      .reply = reply,
			      .reply_length = reply_length };
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
