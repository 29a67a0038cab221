/* SPDX-License-Identifier: MIT */
/* explicit_client.c: a connection that many threads serve, and that is closed under them. */
#include "pools.h"

#include "pool.h"

static struct pooltoy_client *connection;

enum { SERVED, CLOSED, STALE, IN_TIME };

static void open_connection(void)
{
	pools_open(POOLS_SPEC(.size = 1));
	EXPLORE_CHECK(pooltoy_client_open("connection", &connection) == 0);
}

static void close_all(void)
{
	EXPLORE_CHECK(pools_double(21, -1) == 0); /* the worker is back */
	pools_close();
}

static struct pooltoy_lease taken;

static void open_and_take(void)
{
	open_connection();
	EXPLORE_CHECK(pooltoy_client_checkout(connection, poolio, -1, &taken) == 0);
	pools_granted(&taken);
}

static void close_connection(void)
{
	pooltoy_client_close(connection);
}

static void check_in(void)
{
	int code = pooltoy_checkin(&taken);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
	explore_saw(code ? STALE : SERVED);
}

EXPLORE_SCENARIO(client_closed_against_checkin) = {
	.story = "a client is closed while its lease is checked in by a thread: it ends once",
	.setup = open_and_take,
	.finish = close_all,
	.fibers = { { "closer", close_connection, false }, { "holder", check_in, false } },
	.sights = { [SERVED] = "checked in", [STALE] = "stale" },
	.delays = true,
};

static void borrow(void)
{
	void *state;
	int code = pooltoy_lease_state(&taken, &state);

	if (code) {
		EXPLORE_CHECK(code == POOLTOY_ESTALE);
		explore_saw(STALE);
		return;
	}
	SYNC_POINT("use", state);
	code = pooltoy_lease_state_done(&taken);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
	explore_saw(code ? CLOSED : SERVED);
	if (code == 0) {
		code = pooltoy_checkin(&taken);
		EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
	}
}

EXPLORE_SCENARIO(client_closed_against_a_borrowed_state) = {
	.story = "a client is closed while a thread uses the state of its lease",
	.setup = open_and_take,
	.finish = close_all,
	.fibers = { { "closer", close_connection, false }, { "borrower", borrow, false } },
	.sights = { [SERVED] = "given back in time",
		    [CLOSED] = "given back late",
		    [STALE] = "stale" },
	.delays = true,
};

static void borrow_until_death(void)
{
	void *state;

	if (pooltoy_lease_state(&taken, &state) == 0) {
		SYNC_POINT("use", state);
		explore_saw(SERVED);
	} else {
		explore_saw(STALE);
	}
}

EXPLORE_SCENARIO(borrower_dies_as_its_client_is_closed) = {
	.story = "a thread ends with a borrowed state, as the lease's client is closed",
	.setup = open_and_take,
	.finish = close_all,
	.fibers = { { "closer", close_connection, false },
		    { "borrower", borrow_until_death, false } },
	.sights = { [SERVED] = "borrowed", [STALE] = "stale" },
	.delays = true,
};

static void call(void)
{
	int code = pools_call(&taken, 21, -1);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
	explore_saw(code ? STALE : SERVED);
}

EXPLORE_SCENARIO(client_closed_against_a_call) = {
	.story = "a client is closed while a call of its lease runs: the call ends, then the reset",
	.setup = open_and_take,
	.finish = close_all,
	.fibers = { { "closer", close_connection, false }, { "caller", call, false } },
	.sights = { [SERVED] = "answered", [STALE] = "stale" },
	.delays = true,
};

/* Waits in a checkout when the client is closed. */
static sync_atomic(int) served;

static void open_full(void)
{
	open_connection();
	sync_store(&served, 0, relaxed);
	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &taken) == 0);
	pools_granted(&taken);
}

static void check_out_for_connection(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_client_checkout(connection, poolio, -1, &lease);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ECLOSED);
	if (code == 0)
		pools_granted(&lease);
	figure_store(&served, 1);
	explore_saw(code ? CLOSED : IN_TIME);
}

static void close_with_a_waiter(void)
{
	/* Calls that have begun may wait; new ones must not be made. */
	sync_yield_until(figure_load(&poolio->broker.queue.waiters) > 0 ||
			 figure_load(&served) == 1);
	pooltoy_client_close(connection);
}

EXPLORE_SCENARIO(client_closed_against_its_checkout) = {
	.story = "a client is closed while a thread waits for a worker on its behalf",
	.setup = open_full,
	.finish = close_all,
	.fibers = { { "waiter", check_out_for_connection, false },
		    { "closer", close_with_a_waiter, false },
		    { "holder", check_in, false } },
	.sights = { [CLOSED] = "closed", [IN_TIME] = "granted in time" },
	.delays = true,
};
