/* SPDX-License-Identifier: MIT */
/* client_closed_against_its_checkout.c: who waits for a client that is gone has no use for a worker. */
#include "connection.h"

#include "pool.h"

enum { CLOSED = ACT_SIGHTS, IN_TIME };

static struct pooltoy_lease held;
static sync_atomic(int) is_over;

static void open_full(void)
{
	connection_open();
	sync_store(&is_over, 0, relaxed);
	act_hold(&held);
}

static void check_in(void)
{
	EXPLORE_CHECK(pooltoy_checkin(&held) == 0);
}

static void check_out_for_connection(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_client_checkout(connection, poolio, -1, &lease);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ECLOSED);
	if (code == 0)
		pools_granted(&lease);
	figure_store(&is_over, 1);
	explore_saw(code ? CLOSED : IN_TIME);
}

static void close_with_a_waiter(void)
{
	/* Calls that have begun may wait; new ones must not be made. */
	sync_yield_until(figure_load(&poolio->broker.queue.waiters) > 0 ||
			 figure_load(&is_over) == 1);
	connection_close();
}

EXPLORE_SCENARIO(client_closed_against_its_checkout) = {
	.story = "a client is closed while a thread waits for a worker on its behalf",
	.setup = open_full,
	.finish = act_use_and_close,
	.fibers = { { "waiter", check_out_for_connection, false },
		    { "closer", close_with_a_waiter, false },
		    { "holder", check_in, false } },
	.sights = { [CLOSED] = "closed", [IN_TIME] = "granted in time" },
};
