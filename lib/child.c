/* SPDX-License-Identifier: MIT */
/* child.c: serves its server's requests, until there is one to terminate. */
#include "child.h"
#include "confinement.h"
#include "isolation_protocol.h"
#include "spec_copy.h"
#include "sync_served.h"
#include "worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void die(const char *why)
{
	fprintf(stderr, "pooltoy-child: %s\n", why);
	sync_served_exit(EXIT_FAILURE);
}

/* Requests and answers. */

static bool has_request(void *channel)
{
	return channel_has_news(channel);
}

static void sleep_until_request(struct child *child)
{
	channel_doze(&child->channel);
	if (!channel_has_news(&child->channel)) {
		uint64_t begun = sync_now();

		sync_served_await_ring(&child->channel.shared->turn, child->channel.turn - 1);
		parker_learn_from_sleep(&child->spinner, sync_now() - begun);
	}
	channel_wake(&child->channel);
}

static void await_request(struct child *child)
{
	struct channel *channel = &child->channel;
	enum channel_state state;
	bool ring;

	channel_expect(channel, &child->request);
	while ((state = channel_receive(channel, &ring)) == CHANNEL_WAITS) {
		if (ring)
			sync_served_ring();
		if (parker_spin(&child->spinner, has_request, channel))
			continue;
		sleep_until_request(child);
	}
	if (state != CHANNEL_RECEIVED)
		die(state == CHANNEL_NO_MEMORY ? "no memory for a request"
					       : "cannot make sense of a request");
}

/* The reply in the worker's cell if there is one to give, and why the worker broke, if it did. */
static void answer(struct child *child, int code)
{
	struct pooltoy_worker *worker = child->worker;
	struct bytes *reply = &worker->cell.reply;
	size_t why = code < 0 ? strlen(worker->reason) : 0;
	struct channel_note note = { .kind = CHANNEL_ANSWER,
				     .code = code,
				     .reply = worker->cell.code,
				     .why = (uint32_t)why };

	if (why > 0) {
		if (!bytes_reserve(&child->answer, why))
			note.why = 0;
		else
			bytes_append(&child->answer, worker->reason, why);
		reply = &child->answer; /* who broke has no reply to give */
	}
	if (channel_send(&child->channel, &note, reply->data, note.why == why ? reply->length : 0,
			 &child->request, SIZE_MAX))
		sync_served_ring();
	worker->reason[0] = 0;
	worker->cell.reply.length = 0;
	worker->cell.code = 0;
}

/* The start. */

static const char *part(const struct isolation_birth *birth, const char *parts,
			enum isolation_part wanted)
{
	enum isolation_part before;

	for (before = 0; before < wanted; before++)
		parts += birth->parts[before];
	return parts;
}

/*
 * Interrupts. One that comes before its callback is owed, and is taken once: by the thread that enters the
 * callback, which then has it come again, or by the interrupter, which has found the callback entered. One that
 * comes after its callback is of no serial that follows.
 */

static const uint64_t NONE_OWED = UINT64_MAX;

static bool take_owed(struct child *child)
{
	uint64_t serial = child->channel.got.serial;

	return sync_load(&child->owed, seq_cst) == serial &&
	       sync_cas(&child->owed, &serial, NONE_OWED, seq_cst);
}

static void enter_callback(struct child *child)
{
	worker_enter_callback(child->worker);
	/* Sequentially consistent, as is that this is a callback now: pairs with interrupter_main. */
	if (take_owed(child))
		sync_served_interrupt();
}

static bool takes_interrupt(struct pooltoy_worker *worker)
{
	return take_owed(
		(struct child *)((char *)worker->served - offsetof(struct child, channel)));
}

static void interrupter_main(void *argument)
{
	struct child *child = argument;

	for (;;) {
		sync_served_await_interrupt();
		/* Sequentially consistent, as is the look for a callback: pairs with enter_callback. */
		sync_store(&child->owed, channel_interrupted(&child->channel), seq_cst);
		worker_interrupt(child->worker, takes_interrupt);
	}
}

static int load(struct child *child, const char *module, const char *symbol)
{
	struct pooltoy_worker *worker = child->worker;
	const char *why;
	const void *ops = sync_served_find(module, symbol, &why);

	if (!ops)
		return pooltoy_worker_fail(worker, "%s", why);
	if (spec_copy(&child->pool->config.ops, sizeof child->pool->config.ops, ops,
		      "its worker's ops"))
		return pooltoy_worker_fail(worker, "%s", pooltoy_last_error());
	return POOLTOY_OK;
}

static int be_born(struct child *child)
{
	struct pooltoy_worker *worker = child->worker;
	struct isolation_birth birth;
	const char *parts = (const char *)child->request.data + sizeof birth;
	const char *why;
	int code;

	memcpy(&birth, child->request.data, sizeof birth);
	snprintf(child->pool->config.name, sizeof child->pool->config.name, "%s",
		 part(&birth, parts, ISOLATION_POOL));
	worker->slot.index = birth.index;
	child->spinner.max_spins = birth.max_spins;
	why = confine(&birth, part(&birth, parts, ISOLATION_USER));
	if (why)
		return pooltoy_worker_fail(worker, "%s", why);
	code = load(child, part(&birth, parts, ISOLATION_MODULE),
		    part(&birth, parts, ISOLATION_SYMBOL));
	if (code)
		return code;
	if (birth.parts[ISOLATION_ARGUMENT] > 0) {
		child->argument = sync_alloc(birth.parts[ISOLATION_ARGUMENT]);
		if (!child->argument)
			return pooltoy_worker_fail(worker, "no memory for its argument");
		memcpy(child->argument, part(&birth, parts, ISOLATION_ARGUMENT),
		       birth.parts[ISOLATION_ARGUMENT]);
	}
	if (child->pool->config.ops.interrupt &&
	    sync_served_start_interrupter(interrupter_main, child))
		return pooltoy_worker_fail(worker, "no thread for interrupts");
	why = confine_calls(part(&birth, parts, ISOLATION_FILTER), birth.parts[ISOLATION_FILTER]);
	return why ? pooltoy_worker_fail(worker, "%s", why) : POOLTOY_OK;
}

/* Callbacks. */

static int call(struct child *child)
{
	const struct pooltoy_worker_ops *ops = &child->pool->config.ops;
	struct pooltoy_worker *worker = child->worker;
	struct cell *cell = &worker->cell;
	int code;

	figure_store(&cell->deadline, child->channel.got.deadline);
	sync_store(&cell->state, CELL_RUNNING, relaxed);
	worker->in_call = true;
	enter_callback(child);
	code = ops->handle_call(worker, worker->state, child->request.data, child->request.length);
	worker_leave_callback(worker);
	worker->in_call = false;
	sync_store(&cell->state, CELL_EMPTY, relaxed);
	return code;
}

static int cast(struct child *child)
{
	struct pooltoy_worker *worker = child->worker;
	int code;

	enter_callback(child);
	code = child->pool->config.ops.handle_cast(worker, worker->state, child->request.data,
						   child->request.length);
	worker_leave_callback(worker);
	return code;
}

static int reset(struct child *child)
{
	struct pooltoy_worker *worker = child->worker;
	int code;

	enter_callback(child);
	code = child->pool->config.ops.reset(worker, worker->state);
	worker_leave_callback(worker);
	return code;
}

static int ping(struct child *child)
{
	struct pooltoy_worker *worker = child->worker;
	int code;

	enter_callback(child);
	code = child->pool->config.ops.ping(worker, worker->state);
	worker_leave_callback(worker);
	return code;
}

static int init(struct child *child)
{
	const struct pooltoy_worker_ops *ops = &child->pool->config.ops;
	int code = ops->init ? ops->init(child->worker, child->argument, &child->worker->state) : 0;

	child->worker->initialized = code >= 0;
	return code;
}

static _Noreturn void terminate(struct child *child, int reason)
{
	const struct pooltoy_worker_ops *ops = &child->pool->config.ops;
	struct pooltoy_worker *worker = child->worker;

	if (worker->initialized) {
		worker->initialized = false; /* it runs once, even if it ends its thread */
		worker->terminating = true;
		if (ops->terminate)
			ops->terminate(worker, worker->state, reason);
	}
	sync_served_exit(EXIT_SUCCESS);
}

static int run(struct child *child)
{
	const struct pooltoy_worker_ops *ops = &child->pool->config.ops;

	switch (child->channel.got.kind) {
	case CHANNEL_START:
		return be_born(child);
	case CHANNEL_INIT:
		return init(child);
	case CHANNEL_CALL:
		return ops->handle_call ? call(child) : POOLTOY_EINVAL;
	case CHANNEL_CAST:
		return ops->handle_cast ? cast(child) : POOLTOY_EINVAL;
	case CHANNEL_RESET:
		return ops->reset ? reset(child) : 0;
	case CHANNEL_PING:
		return ops->ping ? ping(child) : POOLTOY_EINVAL;
	default:
		terminate(child, child->channel.got.code);
	}
}

/* The callback has ended its thread, this one: that is broken; there is a state to be terminated yet. */
static void end_of_thread(void *argument)
{
	struct child *child = argument;
	struct pooltoy_worker *worker = child->worker;

	if (worker->terminating)
		sync_served_exit(EXIT_SUCCESS);
	worker_leave_callback(worker);
	worker->in_call = false;
	if (!worker->reason[0])
		(void)pooltoy_worker_fail(worker, "its thread ended in a callback");
	answer(child, POOLTOY_ECRASHED);
	child_serve(child);
}

void child_serve(struct child *child)
{
	sync_cleanup_push(end_of_thread, child);
	for (;;) {
		int code;

		await_request(child);
		code = run(child);
		if (code >= 0)
			child->worker->reason[0] = 0;
		answer(child, code < 0 ? code : 0);
	}
	sync_cleanup_pop(0);
}

bool child_open(struct child *child, struct channel_shared *shared)
{
	child->pool = sync_alloc_lines(sizeof *child->pool);
	child->worker = sync_alloc_lines(sizeof *child->worker);
	if (!child->pool || !child->worker || parker_init(&child->spinner))
		return false;
	child->has_spinner = true;
	if (parker_init(&child->worker->parker))
		return false;
	child->has_parker = true;
	child->worker->pool = child->worker->slot.pool = child->pool;
	child->worker->served = &child->channel;
	figure_store(&child->owed, NONE_OWED);
	worker_set_current(child->worker);
	channel_open_child(&child->channel, shared);
	return true;
}

void child_close(struct child *child)
{
	if (child->has_parker)
		parker_destroy(&child->worker->parker);
	if (child->has_spinner)
		parker_destroy(&child->spinner);
	if (child->worker) {
		bytes_free(&child->worker->cell.reply);
		sync_free(child->argument);
	}
	bytes_free(&child->request);
	bytes_free(&child->answer);
	sync_free(child->worker);
	sync_free(child->pool);
}
