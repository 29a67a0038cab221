/* SPDX-License-Identifier: MIT */
/* workers.c: workers that do as they are told, and know who is in their state. */
#include "torture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ALIVE = 0x5109, DEAD = 0xdead };

struct state {
	int life;
	struct census *census;
	atomic_int inside; /* threads in a callback, or with the state borrowed */
	pthread_mutex_t lock;
	pthread_cond_t hurry;
	bool hurried;
};

void state_enter(struct state *state)
{
	REQUIRE(state->life == ALIVE);
	REQUIRE(atomic_fetch_add(&state->inside, 1) == 0);
}

void state_leave(struct state *state)
{
	REQUIRE(state->life == ALIVE);
	REQUIRE(atomic_fetch_sub(&state->inside, 1) == 1);
}

static void leave_at_end(void *state)
{
	state_leave(state);
}

static int init(struct pooltoy_worker *self, void *argument, void **result)
{
	struct census *census = argument;
	struct state *state;
	int alive, most;

	if (census->one_init_in && (unsigned)(census->starts++ + 1) % census->one_init_in == 0) {
		did(INIT_FAILURES);
		return pooltoy_worker_fail(self, "told to fail");
	}
	state = calloc(1, sizeof *state);
	REQUIRE(state);
	REQUIRE(pthread_mutex_init(&state->lock, NULL) == 0);
	REQUIRE(pthread_cond_init(&state->hurry, NULL) == 0);
	state->life = ALIVE;
	state->census = census;
	census->inits++;
	alive = ++census->alive;
	most = census->most_alive;
	while (alive > most && !atomic_compare_exchange_weak(&census->most_alive, &most, alive))
		;
	*result = state;
	return 0;
}

static void terminate(struct pooltoy_worker *self, void *argument, int reason)
{
	struct state *state = argument;

	REQUIRE(strlen(pooltoy_worker_pool_name(self)) > 0);
	REQUIRE(reason == 0 || reason == POOLTOY_ECRASHED || reason == POOLTOY_ESTOPPED);
	state_enter(state);
	state->census->alive--;
	state->census->terminates++;
	state->life = DEAD;
	pthread_cond_destroy(&state->hurry);
	pthread_mutex_destroy(&state->lock);
	free(state);
}

static void interrupt(struct pooltoy_worker *self, void *argument)
{
	struct state *state = argument;

	(void)pooltoy_worker_index(self);
	REQUIRE(state->life == ALIVE);
	pthread_mutex_lock(&state->lock);
	state->hurried = true;
	pthread_cond_signal(&state->hurry);
	pthread_mutex_unlock(&state->lock);
	did(INTERRUPTS);
}

/* For so many ms, or until it is interrupted. */
static void doze(struct state *state, int ms)
{
	struct timespec until;
	int failed = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += ms * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&state->lock);
	while (!state->hurried && !failed)
		failed = pthread_cond_timedwait(&state->hurry, &state->lock, &until);
	state->hurried = false;
	pthread_mutex_unlock(&state->lock);
}

static void doze_deaf(int ms)
{
	struct timespec duration = { 0, ms * 1000000L };

	while (nanosleep(&duration, &duration) && errno == EINTR)
		;
}

/* A reply of so many bytes. */
static int grow(struct pooltoy_worker *self, int size)
{
	unsigned char reply[4096];

	for (int i = 0; i < size; i++)
		reply[i] = (unsigned char)(size + i);
	return pooltoy_reply(self, reply, (size_t)size);
}

/* A worker is a client, too. Returns with the lease of another pool's worker, if there was one. */
static bool check_out_another(struct pooltoy_worker *self, int number, struct pooltoy_lease *lease)
{
	struct pooltoy_pool *own = pooltoy_worker_pool(self);
	int other = number % POOLS, code;

	code = allow(pooltoy_checkout(own, -1, lease),
		     MAY(POOLTOY_OK) | MAY(POOLTOY_EDEADLK) | MAY(POOLTOY_EFAILED) |
			     MAY(POOLTOY_ESTOPPED),
		     "checkout of a worker's own pool");
	if (code == POOLTOY_OK)
		allow(pooltoy_checkin(lease), MAY(POOLTOY_OK) | MAY(POOLTOY_ESTALE), "checkin");
	else if (code == POOLTOY_EDEADLK)
		did(DEADLOCKS);
	allow(pooltoy_stop_pool(own, -1), MAY(POOLTOY_EDEADLK) | MAY(POOLTOY_ESTOPPED),
	      "own stop_pool");
	if (arena.pools[other] == own)
		return false;
	code = allow(pooltoy_checkout(arena.pools[other], 1, lease), allowed_of_checkout(other, 1),
		     "checkout in a callback");
	if (code == POOLTOY_OK)
		did(NESTED);
	return code == POOLTOY_OK;
}

static int nest(struct pooltoy_worker *self, int number, bool dies)
{
	struct pooltoy_lease lease;
	bool holds = check_out_another(self, number, &lease);

	if (dies)
		pooltoy_worker_exit(self, "told to die with a lease");
	if (holds)
		allow(pooltoy_checkin(&lease), MAY(POOLTOY_OK) | MAY(POOLTOY_ESTALE), "checkin");
	return 0;
}

/* What both a call and a cast may ask for. */
static int obey(struct pooltoy_worker *self, struct state *state, struct order order)
{
	switch (order.verb) {
	case DOZE:
		doze(state, order.number % 5);
		return 0;
	case DOZE_DEAF:
		doze_deaf(state->census->stubborn ? order.number % 20 : order.number % 3);
		return 0;
	case BREAK:
		did(WORKER_ENDS);
		return pooltoy_worker_fail(self, "told to break: %d", order.number);
	case LEAVE:
		did(WORKER_ENDS);
		pooltoy_worker_exit(self, "told to leave");
	case END_THREAD:
		did(WORKER_ENDS);
		pthread_exit(NULL);
	case NEST:
		return nest(self, order.number, false);
	case NEST_AND_DIE:
		did(WORKER_ENDS);
		return nest(self, order.number, true);
	default:
		return 0;
	}
}

static int answer(struct pooltoy_worker *self, struct state *state, struct order order)
{
	int number = 2 * order.number;

	REQUIRE(pooltoy_worker_time_left(self) >= -1);
	switch (order.verb) {
	case GROW:
		return grow(self, order.number);
	case REFUSE:
		return pooltoy_reply_error(self, REFUSED);
	default:
		return obey(self, state, order) < 0 ? POOLTOY_ECRASHED
						    : pooltoy_reply(self, &number, sizeof number);
	}
}

static int handle_call(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	int code;

	REQUIRE(length == sizeof(struct order));
	state_enter(state);
	pthread_cleanup_push(leave_at_end, state);
	code = answer(self, state, *(const struct order *)request);
	pthread_cleanup_pop(1);
	return code;
}

static int handle_cast(struct pooltoy_worker *self, void *state, const void *message, size_t length)
{
	int code;

	REQUIRE(length == sizeof(struct order));
	state_enter(state);
	pthread_cleanup_push(leave_at_end, state);
	code = obey(self, state, *(const struct order *)message);
	pthread_cleanup_pop(1);
	return code;
}

static int reset(struct pooltoy_worker *self, void *state)
{
	state_enter(state);
	did(RESETS);
	state_leave(state);
	return count_of(RESETS) % 50 == 0 ? pooltoy_worker_fail(self, "told to fail the reset") : 0;
}

const struct pooltoy_worker_ops torture_worker =
	POOLTOY_WORKER_OPS(.init = init, .handle_call = handle_call, .handle_cast = handle_cast,
			   .reset = reset, .interrupt = interrupt, .terminate = terminate);
