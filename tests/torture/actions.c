/* SPDX-License-Identifier: MIT */
/* actions.c: what a client does with leases: one visit to a pool at a time. */
#include "torture.h"

#include <sched.h>
#include <string.h>

enum { LONG_MS = 30000 };

/* What may come of any use of a lease, whose worker may die at any time. */
static const unsigned of_lease = MAY(POOLTOY_OK) | MAY(POOLTOY_ESTALE) | MAY(POOLTOY_EBUSY);
static const unsigned of_end = MAY(POOLTOY_OK) | MAY(POOLTOY_ESTALE);

static int note(int code)
{
	if (code == POOLTOY_ESTALE)
		did(STALE);
	return code;
}

/*
 * Leases that their holders show to all: who looks may adopt one. Of pools whose handles outlive all
 * clients alone.
 */
static struct {
	pthread_mutex_t lock;
	struct pooltoy_lease lease;
	bool full;
} window = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void show(const struct pooltoy_lease *lease)
{
	pthread_mutex_lock(&window.lock);
	window.lease = *lease;
	window.full = true;
	pthread_mutex_unlock(&window.lock);
}

static void take_what_is_shown(struct torturer *self)
{
	struct pooltoy_lease lease;
	bool full;

	pthread_mutex_lock(&window.lock);
	full = window.full;
	lease = window.lease;
	window.full = false;
	pthread_mutex_unlock(&window.lock);
	if (!full)
		return;
	doing(self, "adopt what is shown", -1);
	if (note(allow(pooltoy_lease_adopt(NULL, &lease), of_lease, "lease_adopt")) != POOLTOY_OK)
		return;
	did(HANDOVERS);
	allow(pooltoy_checkin(&lease), of_end, "checkin");
}

/* Calls. */

static void fetch_long_reply(const struct pooltoy_lease *lease, size_t length, int number)
{
	unsigned char reply[4096];

	REQUIRE(length == (size_t)number);
	length = sizeof reply;
	if (note(allow(pooltoy_call_reply(lease, reply, &length), of_lease, "call_reply")) !=
	    POOLTOY_OK)
		return;
	REQUIRE(length == (size_t)number);
	for (int i = 0; i < number; i++)
		REQUIRE(reply[i] == (unsigned char)(number + i));
	did(LONG_REPLIES);
}

static void count_call(int code, struct order order)
{
	switch (code) {
	case POOLTOY_OK:
		did(CALLS);
		break;
	case POOLTOY_ETIMEDOUT:
		did(CALL_TIMEOUTS);
		break;
	case POOLTOY_ECRASHED:
		did(CRASHES);
		break;
	case REFUSED:
		REQUIRE(order.verb == REFUSE);
		did(CALL_ERRORS);
		break;
	default:
		break;
	}
}

static void call(const struct pooltoy_lease *lease, struct order order, int timeout_ms)
{
	unsigned allowed = of_lease | MAY(POOLTOY_ECRASHED);
	int answer = -1, code;
	size_t length = sizeof answer;

	if (timeout_ms >= 0)
		allowed |= MAY(POOLTOY_ETIMEDOUT);
	if (order.verb == GROW)
		allowed |= MAY(POOLTOY_ETOOSMALL);
	code = pooltoy_call(lease, &order, sizeof order, &answer, &length, timeout_ms);
	count_call(code, order);
	if (code == REFUSED)
		return;
	if (note(allow(code, allowed, "call")) == POOLTOY_ETOOSMALL)
		fetch_long_reply(lease, length, order.number);
	if (code == POOLTOY_OK && order.verb != GROW)
		REQUIRE(length == sizeof answer && answer == 2 * order.number);
}

/* Mostly harmless. */
static struct order random_order(struct stream *stream)
{
	enum verb verb = draw(stream, 3) ? DOUBLE : (enum verb)draw(stream, VERBS);

	return (struct order){ verb, (int)draw(stream, 1000) };
}

static int random_call_timeout(struct stream *stream)
{
	static const int timeouts[] = { -1, LONG_MS, LONG_MS, 1, 2, 0 };

	return timeouts[draw(stream, 6)];
}

/* Other uses. */

static void borrow(const struct pooltoy_lease *lease)
{
	void *state = NULL;

	if (note(allow(pooltoy_lease_state(lease, &state), of_lease, "lease_state")) != POOLTOY_OK)
		return;
	state_enter(state);
	state_leave(state);
	allow(pooltoy_lease_state_done(lease), of_end, "lease_state_done");
	did(BORROWS);
}

static void cast(const struct pooltoy_lease *lease, struct order order)
{
	if (note(allow(pooltoy_cast(lease, &order, sizeof order), of_lease | MAY(POOLTOY_EAGAIN),
		       "cast")) == POOLTOY_OK)
		did(CASTS);
}

static void adopt(struct pooltoy_lease *lease)
{
	if (note(allow(pooltoy_lease_adopt(NULL, lease), of_lease, "lease_adopt")) == POOLTOY_OK)
		did(ADOPTIONS);
}

static void identify(const struct pooltoy_lease *lease)
{
	int worker = pooltoy_lease_worker(lease);

	REQUIRE(worker >= 0 || worker == POOLTOY_ESTALE);
}

static void use(struct torturer *self, struct stream *stream, struct pooltoy_lease *lease, int pool)
{
	switch (draw(stream, 10)) {
	case 0:
		doing(self, "cast", pool);
		cast(lease, random_order(stream));
		break;
	case 1:
		doing(self, "borrow", pool);
		borrow(lease);
		break;
	case 2:
		doing(self, "adopt", pool);
		adopt(lease);
		break;
	case 3:
		doing(self, "show", pool);
		show(lease);
		/* So that there is something to be taken; none of these is a cancellation point. */
		for (unsigned turns = draw(stream, 20); turns > 0; turns--)
			sched_yield();
		break;
	case 4:
		doing(self, "lease_worker", pool);
		identify(lease);
		break;
	default:
		doing(self, "call", pool);
		call(lease, random_order(stream), random_call_timeout(stream));
	}
}

/* Visits. */

static int count_checkout(int code)
{
	if (code == POOLTOY_OK)
		did(CHECKOUTS);
	else if (code == POOLTOY_ETIMEDOUT)
		did(TIMEOUTS);
	else if (code == POOLTOY_EFULL || code == POOLTOY_ESTARTING)
		did(REFUSALS);
	if (code != POOLTOY_OK)
		REQUIRE(strlen(pooltoy_last_error()) > 0 && strlen(pooltoy_strerror(code)) > 0);
	return code;
}

static int random_timeout(struct stream *stream)
{
	static const int timeouts[] = { 0, 1, 2, 5, 50, LONG_MS, -1 };

	return timeouts[draw(stream, 7)];
}

struct deal {
	struct torturer *self;
	struct stream *stream;
};

static int strike(const struct pooltoy_lease *lease, void *argument)
{
	struct deal *deal = argument;

	call(lease, random_order(deal->stream), random_call_timeout(deal->stream));
	did(TRANSACTIONS);
	return 0;
}

static void transact(struct torturer *self, struct stream *stream, int pool, int timeout_ms)
{
	struct deal deal = { self, stream };

	doing(self, "transaction", pool);
	allow(pooltoy_transaction(arena.pools[pool], strike, &deal, timeout_ms),
	      allowed_of_checkout(pool, timeout_ms), "transaction");
}

/* By a client that is no thread; nobody would close it if this one were cancelled. */
static void send_explicit_client(struct torturer *self, struct stream *stream, int pool,
				 int timeout_ms)
{
	struct pooltoy_client *client;
	struct pooltoy_lease lease;
	int before;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	doing(self, "client_checkout", pool);
	REQUIRE(pooltoy_client_open(self->name, &client) == POOLTOY_OK);
	if (count_checkout(allow(
		    pooltoy_client_checkout(client, arena.pools[pool], timeout_ms, &lease),
		    allowed_of_checkout(pool, timeout_ms), "client_checkout")) == POOLTOY_OK) {
		use(self, stream, &lease, pool);
		/* Its close ends the lease, unless somebody else has it by now. */
		if (draw(stream, 2) ||
		    allow(pooltoy_lease_adopt(client, &lease), of_lease, "client's adopt"))
			allow(pooltoy_checkin(&lease), of_end, "client's checkin");
	}
	doing(self, "client_close", pool);
	pooltoy_client_close(client);
	did(CLIENTS);
	pthread_setcancelstate(before, NULL);
}

/* Holds nothing before, so it may wait for ever; forgets the lease now and then, until its thread ends. */
void visit(struct torturer *self, struct stream *stream)
{
	int pool = (int)draw(stream, POOLS), timeout_ms = random_timeout(stream);
	struct pooltoy_lease lease;

	switch (draw(stream, 8)) {
	case 0:
		transact(self, stream, pool, timeout_ms);
		return;
	case 1:
		send_explicit_client(self, stream, pool, timeout_ms);
		return;
	case 2:
		take_what_is_shown(self);
		return;
	default:
		break;
	}
	doing(self, "checkout", pool);
	if (count_checkout(allow(pooltoy_checkout(arena.pools[pool], timeout_ms, &lease),
				 allowed_of_checkout(pool, timeout_ms), "checkout")) != POOLTOY_OK)
		return;
	for (unsigned uses = draw(stream, 4); uses > 0; uses--)
		use(self, stream, &lease, pool);
	doing(self, "checkin", pool);
	if (note(allow(pooltoy_checkin(&lease), of_end, "checkin")) == POOLTOY_OK)
		did(CHECKINS);
	REQUIRE(pooltoy_checkin(&lease) == POOLTOY_ESTALE);
}

void hold_something(struct torturer *self, struct stream *stream)
{
	int pool = (int)draw(stream, POOLS);
	struct pooltoy_lease lease;
	void *state;

	doing(self, "last checkout", pool);
	if (allow(pooltoy_checkout(arena.pools[pool], 5, &lease), allowed_of_checkout(pool, 5),
		  "checkout") != POOLTOY_OK)
		return;
	if (draw(stream, 2))
		allow(pooltoy_lease_state(&lease, &state), of_lease, "lease_state");
}
