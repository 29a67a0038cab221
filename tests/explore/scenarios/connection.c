/* SPDX-License-Identifier: MIT */
/* connection.c: opens and closes it. */
#include "connection.h"

struct pooltoy_client *connection;
struct pooltoy_lease connection_lease;

void connection_open(void)
{
	act_open_one();
	EXPLORE_CHECK(pooltoy_client_open("connection", &connection) == 0);
}

void connection_open_and_lease(void)
{
	connection_open();
	EXPLORE_CHECK(pooltoy_client_checkout(connection, poolio, -1, &connection_lease) == 0);
	pools_granted(&connection_lease);
}

void connection_close(void)
{
	pooltoy_client_close(connection);
}

void connection_check_in(void)
{
	act_see(pooltoy_checkin(&connection_lease));
}
