/* SPDX-License-Identifier: MIT */
/* client_closed_against_its_start.c: the lease is the client's and ends with it, or it goes back. */
#include "completions.h"

static struct pooltoy_client *client;

static void open(void)
{
	completions_open_and_hold();
	EXPLORE_CHECK(pooltoy_client_open("connection", &client) == 0);
	EXPLORE_CHECK(completions_checkout_for(client, 1, -1) == 0);
	EXPLORE_CHECK(completions_checkout_for(client, 2, -1) == 0);
}

static void close(void)
{
	pooltoy_client_close(client);
}

EXPLORE_SCENARIO(client_closed_against_its_start) = {
	.story = "a client is closed while two checkouts of its wait, and the worker is checked in",
	.setup = open,
	.finish = completions_await_and_close,
	.fibers = { { "holder", completions_check_in_held, false }, { "closer", close, false } },
	.sights = { [SERVED] = "served", [COMPLETIONS_CLOSED] = "closed" },
	.delays = true,
};
