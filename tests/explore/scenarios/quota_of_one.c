/* SPDX-License-Identifier: MIT */
/* quota_of_one.c: two threads of one client, of which one at a time may have a worker. */
#include "connection.h"

enum { REFUSED = ACT_SIGHTS };

static sync_atomic(unsigned) held, refused;

static void open(void)
{
	pools_open(POOLS_SPEC(.size = 2, .max_leases_per_client = 1));
	EXPLORE_CHECK(pooltoy_client_open("connection", &connection) == 0);
	figure_store(&held, 0);
	figure_store(&refused, 0);
}

static void check_out_for_connection(void)
{
	struct pooltoy_lease lease;
	int code = pooltoy_client_checkout(connection, poolio, -1, &lease);

	if (code == POOLTOY_EQUOTA) {
		explore_saw(REFUSED);
		figure_store(&refused, 1);
		return;
	}
	act_see(code);
	pools_granted(&lease);
	figure_store(&held, figure_load(&held) + 1);
	/* The other one comes, or has come. */
	sync_yield_until(figure_load(&refused) == 1 || figure_load(&held) == 2);
	EXPLORE_CHECK(figure_load(&held) == 1);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
}

static void close(void)
{
	struct pooltoy_lease lease;

	/* Nothing is left of what was claimed. */
	EXPLORE_CHECK(pooltoy_client_checkout(connection, poolio, -1, &lease) == 0);
	pools_granted(&lease);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
	connection_close();
	act_use_and_close();
}

EXPLORE_SCENARIO(quota_of_one) = {
	.story = "two threads check out for one client, which may have one worker, of two",
	.setup = open,
	.finish = close,
	.fibers = { { "one", check_out_for_connection, false },
		    { "other", check_out_for_connection, false } },
	.sights = { [SERVED] = "served", [REFUSED] = "refused" },
};
