/* SPDX-License-Identifier: MIT */
/* proxy.c: requests to a child process, and what becomes of them. */
#include "proxy.h"
#include "deadline.h"
#include "plain_text.h"

#include <stdio.h>
#include <string.h>

/* What a request has come to. */
enum outcome { PENDING, ANSWERED, ENDED, NONSENSE, NO_MEMORY };

/* A caller that was woken so often without an answer leaves it to the worker's thread, which hears more. */
enum { WAKES_FOR_NOTHING = 3 };

static const struct isolation *isolation_of(const struct pooltoy_worker *worker)
{
	return worker->pool->config.isolation;
}

/* Speaking to the child. */

static void ring_if(struct pooltoy_worker *worker, bool wanted)
{
	if (wanted)
		sync_child_ring(worker->proxy.child, &worker->proxy.channel.shared->turn);
}

static void send(struct pooltoy_worker *worker, struct channel_note note, const void *data,
		 size_t length, struct bytes *into)
{
	note.serial = worker->entered;
	worker->proxy.abandonment_told = false;
	ring_if(worker, channel_send(&worker->proxy.channel, &note, data, length, into,
				     isolation_of(worker)->limits.reply));
}

/* Receives what has come; what has come to an end stays so. */
static enum outcome look(struct pooltoy_worker *worker)
{
	bool ring;
	enum channel_state state = channel_receive(&worker->proxy.channel, &ring);

	ring_if(worker, ring);
	switch (state) {
	case CHANNEL_RECEIVED:
		return ANSWERED;
	case CHANNEL_BROKEN:
		return NONSENSE;
	case CHANNEL_NO_MEMORY:
		return NO_MEMORY;
	default:
		return PENDING;
	}
}

/* Waiting, by the worker's thread. */

/* `halted` may be late, of an earlier life. */
static bool is_to_be_told(struct pooltoy_worker *worker)
{
	return !worker->proxy.stop_told && sync_load(&worker->halted, relaxed) &&
	       slot_word_state(slot_look(&worker->slot)) == SLOT_STOPPING;
}

/* The caller of the request that the child runs has left. */
static bool has_lost_its_caller(struct pooltoy_worker *worker)
{
	return worker->in_call && !worker->proxy.abandonment_told &&
	       cell_look(&worker->cell) == CELL_ABANDONED;
}

static bool has_news(void *argument)
{
	struct pooltoy_worker *worker = argument;

	return channel_has_news(&worker->proxy.channel) || worker->proxy.bed.heard ||
	       is_to_be_told(worker) || has_lost_its_caller(worker);
}

bool proxy_has_been_heard(const struct pooltoy_worker *worker)
{
	return worker->proxy.bed.heard;
}

bool proxy_listen(struct pooltoy_worker *worker)
{
	struct proxy *proxy = &worker->proxy;

	if (proxy->bed.heard && !proxy->ended) {
		proxy->bed.heard = false;
		proxy->ended = sync_child_listen(proxy->child);
		if (proxy->ended)
			figure_store(&proxy->process_id, 0);
	}
	return proxy->ended;
}

void proxy_open_ears(struct pooltoy_worker *worker)
{
	struct proxy *proxy = &worker->proxy;

	proxy->bed.ears = proxy->ended ? EARS_SHUT : EARS_IDLE;
}

void proxy_shut_ears(struct pooltoy_worker *worker)
{
	worker->proxy.bed.ears = EARS_SHUT;
}

void proxy_tell_of_stop(struct pooltoy_worker *worker)
{
	if (!is_to_be_told(worker))
		return;
	worker->proxy.stop_told = true;
	channel_stop(&worker->proxy.channel);
}

static void tell_of_abandonment(struct pooltoy_worker *worker)
{
	if (!has_lost_its_caller(worker))
		return;
	worker->proxy.abandonment_told = true;
	channel_abandon(&worker->proxy.channel);
}

/* False once the deadline has passed. */
static bool sleep_until_news(struct pooltoy_worker *worker, uint64_t deadline)
{
	struct proxy *proxy = &worker->proxy;
	bool news;

	if (parker_spin(&worker->parker, has_news, worker) && has_news(worker))
		return true;
	channel_doze(&proxy->channel);
	proxy->bed.ears = EARS_RINGING;
	news = parker_await(&worker->parker, has_news, worker, deadline);
	proxy->bed.ears = EARS_SHUT;
	channel_wake(&proxy->channel);
	return news;
}

/* The time for a callback that has no caller's deadline, and then the grace: when to come again. */
static uint64_t hurry(struct pooltoy_worker *worker, bool *interrupted)
{
	if (!*interrupted && isolation_of(worker)->ops.interrupt) {
		*interrupted = true;
		channel_interrupt(&worker->proxy.channel, worker->entered);
		sync_child_interrupt(worker->proxy.child);
		return sync_now() + worker->pool->config.grace;
	}
	worker->proxy.killed = true;
	sync_child_kill(worker->proxy.child);
	return SYNC_NEVER;
}

static bool is_over(uint64_t deadline)
{
	return deadline != SYNC_NEVER && sync_now() >= deadline;
}

static enum outcome await(struct pooltoy_worker *worker, uint64_t deadline)
{
	bool interrupted = false;
	enum outcome outcome;

	while ((outcome = look(worker)) == PENDING) {
		if (proxy_listen(worker)) {
			outcome = look(worker); /* the last that it did */
			return outcome == ANSWERED ? ANSWERED : ENDED;
		}
		proxy_tell_of_stop(worker);
		tell_of_abandonment(worker);
		if (channel_has_news(&worker->proxy.channel))
			continue;
		/* Of its words alone there may be more at any time. */
		if (is_over(deadline) || !sleep_until_news(worker, deadline))
			deadline = hurry(worker, &interrupted);
	}
	return outcome;
}

/* What a request has come to, for its worker. */

static void take_why(struct pooltoy_worker *worker, struct bytes *answer)
{
	size_t length = worker->proxy.channel.got.why;
	size_t kept = length < sizeof worker->reason ? length : sizeof worker->reason - 1;

	answer->length -= length;
	memcpy(worker->reason, (const char *)answer->data + answer->length, kept);
	worker->reason[kept] = 0;
	plain_text(worker->reason);
}

static void explain_end(struct pooltoy_worker *worker, const char *callback)
{
	struct proxy *proxy = &worker->proxy;

	proxy->broken = true;
	if (proxy->killed && callback)
		snprintf(worker->reason, sizeof worker->reason, "%s took longer than %d ms",
			 callback, isolation_of(worker)->limits.callback);
	else
		sync_child_describe_end(proxy->child, worker->reason, sizeof worker->reason);
}

static void give_up(struct pooltoy_worker *worker, const char *why)
{
	worker->proxy.broken = true;
	proxy_kill(worker);
	snprintf(worker->reason, sizeof worker->reason, "its process %s", why);
}

static int conclude(struct pooltoy_worker *worker, enum outcome outcome, const char *callback)
{
	const struct channel_note *got = &worker->proxy.channel.got;

	switch (outcome) {
	case ANSWERED:
		take_why(worker, worker->proxy.channel.into);
		return got->code < 0 ? got->code : 0;
	case ENDED:
		explain_end(worker, callback);
		break;
	case NO_MEMORY:
		give_up(worker, "gives a reply for which there is no memory");
		break;
	default:
		give_up(worker, "answers nonsense, or too much");
		break;
	}
	return POOLTOY_ECRASHED;
}

/* For a callback without a caller's deadline. */
static uint64_t time_for_callback(struct pooltoy_worker *worker)
{
	int limit = isolation_of(worker)->limits.callback;

	return limit > 0 ? deadline_from_timeout(limit) : SYNC_NEVER;
}

/* A request of the worker's thread: what the callback returned. */
static int request(struct pooltoy_worker *worker, struct channel_note note, const void *data,
		   size_t length, const char *callback)
{
	send(worker, note, data, length, &worker->proxy.answer);
	return conclude(worker, await(worker, time_for_callback(worker)), callback);
}

/* Calls. */

static uint64_t deadline_of(struct pooltoy_worker *worker)
{
	uint64_t deadline = figure_load(&worker->cell.deadline);

	if (figure_load(&worker->in_task))
		return SYNC_NEVER;
	/* Its caller has just begun to wait. */
	return deadline == CELL_DEADLINE_TO_COME ? deadline_from_timeout(worker->cell.timeout_ms)
						 : deadline;
}

static void send_call(struct pooltoy_worker *worker, const void *data, size_t length)
{
	send(worker, (struct channel_note){ .kind = CHANNEL_CALL, .deadline = deadline_of(worker) },
	     data, length, &worker->cell.reply);
}

void proxy_send_call(struct pooltoy_worker *worker)
{
	send_call(worker, worker->cell.request.data, worker->cell.request.length);
}

static bool has_answer(void *channel)
{
	return channel_has_news(channel);
}

/* False once the deadline has passed. */
static bool sleep_until_answer(struct pooltoy_worker *worker, struct parker *caller,
			       uint64_t deadline)
{
	struct proxy *proxy = &worker->proxy;
	bool in_time = true;

	channel_doze(&proxy->channel);
	if (!channel_has_news(&proxy->channel)) {
		uint64_t begun = sync_now();

		in_time = sync_child_await_ring(proxy->child, deadline);
		parker_learn_from_sleep(caller, sync_now() - begun);
	}
	channel_wake(&proxy->channel);
	return in_time;
}

bool proxy_await_directly(struct pooltoy_worker *worker, struct parker *caller, uint64_t deadline)
{
	unsigned sleeps = 0;
	enum outcome outcome;
	bool in_time = true;

	/* One left over from a wait that ended otherwise would end each spin. */
	parker_take_token(caller);
	parker_spin(caller, has_answer, &worker->proxy.channel);
	while ((outcome = look(worker)) == PENDING && in_time && sleeps < WAKES_FOR_NOTHING) {
		in_time = sleep_until_answer(worker, caller, deadline);
		sleeps += !channel_has_news(&worker->proxy.channel);
	}
	return outcome == ANSWERED;
}

static int take_call(struct pooltoy_worker *worker, enum outcome outcome)
{
	int code = conclude(worker, outcome, figure_load(&worker->in_task) ? "a task" : NULL);
	int32_t reply = worker->proxy.channel.got.reply;

	if (outcome == ANSWERED)
		worker->cell.code = reply < 0 ? reply : 0;
	return code;
}

int proxy_take_answer(struct pooltoy_worker *worker)
{
	return take_call(worker, ANSWERED);
}

int proxy_await_answer(struct pooltoy_worker *worker)
{
	return take_call(worker, await(worker, SYNC_NEVER));
}

static int handle_call(struct pooltoy_worker *self, void *state, const void *bytes, size_t length)
{
	(void)state;
	send_call(self, bytes, length);
	return take_call(self, await(self, figure_load(&self->in_task) ? time_for_callback(self)
								       : SYNC_NEVER));
}

/* The other callbacks. */

static int handle_cast(struct pooltoy_worker *self, void *state, const void *message, size_t length)
{
	(void)state;
	return request(self, (struct channel_note){ .kind = CHANNEL_CAST }, message, length,
		       "handle_cast");
}

static int reset(struct pooltoy_worker *self, void *state)
{
	(void)state;
	return request(self, (struct channel_note){ .kind = CHANNEL_RESET }, NULL, 0, "reset");
}

static int ping(struct pooltoy_worker *self, void *state)
{
	(void)state;
	return request(self, (struct channel_note){ .kind = CHANNEL_PING }, NULL, 0, "ping");
}

static void interrupt(struct pooltoy_worker *self, void *state)
{
	(void)state;
	/* First what the handler is to find: its own thread may not have told it yet. */
	if (cell_look(&self->cell) == CELL_ABANDONED)
		channel_abandon(&self->proxy.channel);
	if (slot_word_state(slot_look(&self->slot)) == SLOT_STOPPING)
		channel_stop(&self->proxy.channel);
	channel_interrupt(&self->proxy.channel, self->entered);
	sync_child_interrupt(self->proxy.child);
}

static void close_child(struct pooltoy_worker *worker)
{
	struct proxy *proxy = &worker->proxy;
	struct sync_child *child = proxy->child;

	sync_mutex_lock(&proxy->lock);
	proxy->child = NULL;
	sync_mutex_unlock(&proxy->lock);
	figure_store(&proxy->process_id, 0);
	proxy->bed.child = NULL;
	sync_child_close(child);
	bytes_free(&proxy->answer);
}

/* The child answers by its end. */
static void terminate(struct pooltoy_worker *self, void *state, int reason)
{
	(void)state;
	if (!self->proxy.ended && !self->proxy.broken) {
		send(self, (struct channel_note){ .kind = CHANNEL_TERMINATE, .code = reason }, NULL,
		     0, &self->proxy.answer);
		await(self, time_for_callback(self));
	}
	close_child(self);
}

/* The start. */

/* Has it confine itself and load its worker. */
static int give_birth(struct pooltoy_worker *worker)
{
	const struct pool_config *config = &worker->pool->config;
	struct bytes message = { .data = NULL };
	int code;

	if (!isolation_message(config->isolation, config->name, worker->slot.index,
			       config->max_spins, &message))
		return pooltoy_worker_fail(worker,
					   "no memory for the first message to its process");
	code = request(worker, (struct channel_note){ .kind = CHANNEL_START }, message.data,
		       message.length, "its start");
	bytes_free(&message);
	if (!code && !sync_child_has_sealed(worker->proxy.child))
		code = pooltoy_worker_fail(
			worker,
			"its process has not sealed the memory that it shares with this one");
	return code;
}

static int start_child(struct pooltoy_worker *worker)
{
	const struct pooltoy_limits *limits = &isolation_of(worker)->limits;
	struct proxy *proxy = &worker->proxy;
	char name[POOL_NAME_SIZE + 12];
	struct sync_child_spec spec = { .name = name,
					.memory = CHANNEL_SIZE,
					.cgroup = limits->cgroup,
					.cgroup_memory = limits->cgroup ? limits->memory : 0 };
	struct sync_child *child;

	snprintf(name, sizeof name, "%s/%u", worker->pool->config.name, worker->slot.index);
	if (sync_child_start(&child, &spec, worker->reason, sizeof worker->reason))
		return POOLTOY_ECRASHED;
	channel_open_server(&proxy->channel, sync_child_memory(child));
	proxy->ended = proxy->stop_told = proxy->killed = proxy->broken = false;
	proxy->bed.child = child;
	proxy->bed.heard = false;
	proxy->bed.ears = EARS_SHUT;
	sync_mutex_lock(&proxy->lock);
	proxy->child = child;
	sync_mutex_unlock(&proxy->lock);
	figure_store(&proxy->process_id, sync_child_process_id(child));
	return POOLTOY_OK;
}

/*
 * The child's main thread, now that it has loaded its worker: one that waits for interrupts is not placed,
 * so that it can help the other. Nor is the proxy's own, which is to kill a child that it waits for in vain.
 */
static int place_child(struct pooltoy_worker *worker)
{
	const char *what;
	int failed = sync_child_place(worker->proxy.child, &worker->pool->config.placement, &what);

	return failed ? pooltoy_worker_fail(worker, "%s: %s", what, sync_error_text(failed)) : 0;
}

static int init(struct pooltoy_worker *self, void *argument, void **state)
{
	int code = start_child(self);

	(void)argument; /* the child has a copy */
	*state = NULL;
	if (code)
		return code;
	code = give_birth(self);
	if (!code)
		code = place_child(self);
	if (!code)
		code = request(self, (struct channel_note){ .kind = CHANNEL_INIT }, NULL, 0,
			       "init");
	if (code)
		close_child(self);
	return code;
}

struct pooltoy_worker_ops proxy_ops(const struct pooltoy_worker_ops *own)
{
	return (struct pooltoy_worker_ops){ .struct_size = sizeof *own,
					    .init = init,
					    .handle_call = own->handle_call ? handle_call : NULL,
					    .handle_cast = own->handle_cast ? handle_cast : NULL,
					    .reset = own->reset ? reset : NULL,
					    .interrupt = own->interrupt ? interrupt : NULL,
					    .terminate = terminate,
					    .ping = own->ping ? ping : NULL };
}

int proxy_prepare(struct pooltoy_worker *worker)
{
	struct proxy *proxy = &worker->proxy;

	if (sync_mutex_init(&proxy->lock, RANK_CHILD))
		return POOLTOY_ENOMEM;
	if (sync_bed_init(&proxy->bed)) {
		sync_mutex_destroy(&proxy->lock);
		return POOLTOY_ENOMEM;
	}
	worker->parker.bed = &proxy->bed.parker_bed;
	proxy->prepared = true;
	return POOLTOY_OK;
}

void proxy_dispose(struct pooltoy_worker *worker)
{
	if (!worker->proxy.prepared)
		return;
	sync_bed_destroy(&worker->proxy.bed);
	sync_mutex_destroy(&worker->proxy.lock);
}

void proxy_leave_bed(struct pooltoy_worker *worker)
{
	if (worker->proxy.prepared)
		sync_bed_unmake(&worker->proxy.bed);
}

void proxy_break(struct pooltoy_worker *worker)
{
	worker->proxy.broken = true;
	sync_child_describe_end(worker->proxy.child, worker->reason, sizeof worker->reason);
}

void proxy_kill(struct pooltoy_worker *worker)
{
	sync_mutex_lock(&worker->proxy.lock);
	if (worker->proxy.child)
		sync_child_kill(worker->proxy.child);
	sync_mutex_unlock(&worker->proxy.lock);
}
