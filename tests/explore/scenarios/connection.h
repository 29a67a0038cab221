/* SPDX-License-Identifier: MIT */
/* connection.h: an explicit client, as a connection that threads serve, with a lease. */
#ifndef EXPLORE_SCENARIOS_CONNECTION_H
#define EXPLORE_SCENARIOS_CONNECTION_H

#include "acts.h"

extern struct pooltoy_client *connection;
extern struct pooltoy_lease connection_lease;

/* For .setup: one worker, and nothing leased, or a lease of the connection's. */
void connection_open(void);
void connection_open_and_lease(void);

/* For .fibers. */
void connection_close(void);
void connection_check_in(void); /* and see */

#endif
