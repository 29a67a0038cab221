/* SPDX-License-Identifier: MIT */
/* puppet.c: the Doubler, and the worker that does as it is told. */
#include "scenario/support.h"

#include <stdlib.h>
#include <string.h>

static int doubler_call(struct pooltoy_worker *self, void *state, const void *request,
			size_t length)
{
	struct order order;
	int n;

	(void)state;
	if (length == sizeof order) { /* expect_service */
		memcpy(&order, request, sizeof order);
		n = order.number;
	} else if (length == sizeof n) {
		memcpy(&n, request, sizeof n);
	} else {
		return pooltoy_reply_error(self, POOLTOY_EINVAL);
	}
	n *= 2;
	return pooltoy_reply(self, &n, sizeof n);
}

const struct pooltoy_worker_ops doubler = POOLTOY_WORKER_OPS(.handle_call = doubler_call);

void puppet_enter(struct puppet *puppet)
{
	if (puppet->busy++)
		puppet->troupe->collisions++;
}

void puppet_leave(struct puppet *puppet)
{
	puppet->interrupted = false;
	puppet->busy--;
}

static void note_most(struct troupe *troupe, int now)
{
	int most = troupe->most_on_stage;

	while (now > most && !atomic_compare_exchange_weak(&troupe->most_on_stage, &most, now))
		;
}

static void pass(struct gate *gate)
{
	if (gate)
		gate_pass(gate);
}

static bool takes_one(atomic_int *count)
{
	int left = *count;

	while (left > 0)
		if (atomic_compare_exchange_weak(count, &left, left - 1))
			return true;
	return false;
}

static int puppet_init(struct pooltoy_worker *self, void *argument, void **state)
{
	struct troupe *troupe = argument;
	struct puppet *puppet;

	troupe->inits++;
	pass(troupe->init_gate);
	if (takes_one(&troupe->failing_inits))
		return pooltoy_worker_fail(self, "no strings");
	puppet = calloc(1, sizeof *puppet);
	if (!puppet)
		return pooltoy_worker_fail(self, "no wood");
	puppet->troupe = troupe;
	note_most(troupe, ++troupe->on_stage);
	*state = puppet;
	return 0;
}

static void puppet_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	struct puppet *puppet = state;
	struct troupe *troupe = puppet->troupe;

	(void)self;
	puppet_enter(puppet);
	pass(troupe->terminate_gate);
	troupe->reason = reason;
	troupe->on_stage--;
	troupe->terminates++;
	free(puppet);
}

static int puppet_reset(struct pooltoy_worker *self, void *state)
{
	struct puppet *puppet = state;

	(void)self;
	puppet_enter(puppet);
	pass(puppet->troupe->reset_gate);
	puppet->troupe->resets++;
	puppet_leave(puppet);
	return 0;
}

/* For an interrupt, which may have come before there was a gate: once, by who sees both. */
static void open_held(struct puppet *puppet)
{
	struct gate *gate = puppet->held;
	bool interrupted = true;

	if (gate && atomic_compare_exchange_strong(&puppet->interrupted, &interrupted, false))
		gate_open(gate);
}

static void puppet_interrupt(struct pooltoy_worker *self, void *state)
{
	struct puppet *puppet = state;

	(void)self;
	puppet->interrupted = true;
	open_held(puppet);
	puppet->troupe->interrupts++;
}

static void hold(struct puppet *puppet, const struct order *order)
{
	if (order->verb == HOLD) {
		puppet->held = order->gate;
		open_held(puppet);
	}
	gate_pass(order->gate);
	puppet->held = NULL;
}

static int puppet_ping(struct pooltoy_worker *self, void *state)
{
	struct puppet *puppet = state;
	struct order order = { HOLD, 0, puppet->troupe->ping_gate };

	puppet_enter(puppet);
	puppet->troupe->pings++;
	if (order.gate)
		hold(puppet, &order);
	puppet_leave(puppet);
	return takes_one(&puppet->troupe->failing_pings) ? pooltoy_worker_fail(self, "no pulse")
							 : 0;
}

static int grow(struct pooltoy_worker *self, size_t length)
{
	unsigned char *bytes = malloc(length + 1);
	int code;

	if (!bytes)
		return pooltoy_reply_error(self, POOLTOY_ENOMEM);
	for (size_t i = 0; i < length; i++)
		bytes[i] = pattern_at(i);
	code = pooltoy_reply(self, bytes, length);
	free(bytes);
	return code;
}

static int reply_number(struct pooltoy_worker *self, int number)
{
	return pooltoy_reply(self, &number, sizeof number);
}

static void count_cast(struct troupe *troupe, int number)
{
	troupe->cast_sum += number;
	if (number <= troupe->last_cast)
		troupe->casts_out_of_order++;
	troupe->last_cast = number;
}

/* Puts the puppet back in order however the verb ends: by a return or the end of the thread. */
static void leave_cleanup(void *puppet)
{
	puppet_leave(puppet);
}

static int obey(struct pooltoy_worker *self, struct puppet *puppet, const struct order *order)
{
	switch (order->verb) {
	case DOUBLE:
		return reply_number(self, 2 * order->number);
	case GROW:
		return grow(self, (size_t)order->number);
	case HOLD:
	case HOLD_DEAF:
		hold(puppet, order);
		(void)reply_number(self, 2 * order->number); /* refused in a cast */
		return 0;
	case REFUSE:
		return pooltoy_reply_error(self, order->number);
	case BREAK:
		return pooltoy_worker_fail(self, "told to break");
	case LEAVE:
		pooltoy_worker_exit(self, "told to leave");
	case END_THREAD:
		pthread_exit(NULL);
	case OUTLAST:
		tokens_put(&order->gate->arrived);
		while (pooltoy_worker_time_left(self) != 0)
			breathe();
		return 0;
	case TIME_LEFT:
		return reply_number(self, pooltoy_worker_time_left(self));
	case COUNT:
		count_cast(puppet->troupe, order->number);
		return 0;
	case ECHO:
	default:
		return POOLTOY_EINVAL;
	}
}

static int puppet_call(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	struct puppet *puppet = state;
	struct order order;
	int code;

	puppet->troupe->calls++;
	if (length != sizeof order)
		return pooltoy_reply(self, request, length);
	memcpy(&order, request, sizeof order);
	if (order.verb == ECHO)
		return pooltoy_reply(self, request, length);
	puppet_enter(puppet);
	pthread_cleanup_push(leave_cleanup, puppet);
	code = obey(self, puppet, &order);
	pthread_cleanup_pop(1);
	return code;
}

static int puppet_cast(struct pooltoy_worker *self, void *state, const void *message, size_t length)
{
	struct puppet *puppet = state;
	struct order order;
	int code;

	if (length != sizeof order)
		return POOLTOY_EINVAL;
	memcpy(&order, message, sizeof order);
	puppet_enter(puppet);
	pthread_cleanup_push(leave_cleanup, puppet);
	code = obey(self, puppet, &order);
	pthread_cleanup_pop(1);
	puppet->troupe->casts++;
	return code;
}

const struct pooltoy_worker_ops puppet_ops =
	POOLTOY_WORKER_OPS(.init = puppet_init, .handle_call = puppet_call,
			   .handle_cast = puppet_cast, .reset = puppet_reset, .ping = puppet_ping,
			   .interrupt = puppet_interrupt, .terminate = puppet_terminate);

const struct pooltoy_worker_ops plain_puppet_ops =
	POOLTOY_WORKER_OPS(.init = puppet_init, .handle_call = puppet_call,
			   .terminate = puppet_terminate);

void puppet_release(void *argument)
{
	struct troupe *troupe = argument;

	troupe->releases++;
}

int tell(const struct pooltoy_lease *lease, struct order order, int *answer, int timeout_ms)
{
	size_t length = sizeof *answer;

	return pooltoy_call(lease, &order, sizeof order, answer, answer ? &length : NULL,
			    timeout_ms);
}

void call_and_leave(const struct pooltoy_lease *lease, struct gate *gate, int *answer,
		    int timeout_ms)
{
	struct order order = { HOLD_DEAF, 1, gate };
	int code;

	do /* again, if its time was over before it had begun */
		code = tell(lease, order, answer, timeout_ms);
	while (code == POOLTOY_ETIMEDOUT && !tokens_try(&gate->arrived));
	if (code == POOLTOY_ETIMEDOUT)
		return;
	/* The one before was on its way to the gate; its worker may have been given up since. */
	CU_ASSERT(code == POOLTOY_EBUSY || code == POOLTOY_ESTALE);
	gate_await(gate);
}

int tell_cast(const struct pooltoy_lease *lease, struct order order)
{
	return pooltoy_cast(lease, &order, sizeof order);
}

unsigned char pattern_at(size_t index)
{
	return (unsigned char)(index * 31 + index / 251);
}
