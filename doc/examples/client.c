/* SPDX-License-Identifier: MIT */
/* client.c: a connection that holds leases, whichever threads serve it. */
#define _POSIX_C_SOURCE 200809L
#include <err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <pooltoy.h>

/* example: client */
struct connection {
	struct pooltoy_client *client;
	struct pooltoy_lease session; /* held from hello to goodbye */
};

static int connection_hello(struct connection *connection,
			    struct pooltoy_pool *sessions)
{
	int rc = pooltoy_client_open("10.0.0.7:80", &connection->client);

	if (rc)
		return rc;
	rc = pooltoy_client_checkout(connection->client, sessions, 1000,
				     &connection->session);
	if (rc)
		pooltoy_client_close(connection->client);
	return rc;
}

/* Any thread may serve a request; its end does not end the session. */
static int connection_serve(struct connection *connection)
{
	return pooltoy_call(&connection->session, "?", 1, NULL, NULL,
			    1000);
}

/* The peer is gone, perhaps in the middle of a transaction: the worker's
 * reset rolls that back, and then the next client has it. */
static void connection_lost(struct connection *connection)
{
	pooltoy_client_close(connection->client);
}
/* end */

static int answer(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	(void)state;
	return pooltoy_reply(self, request, length);
}

static int rollback(struct pooltoy_worker *self, void *state)
{
	(void)state;
	printf("worker %u rolls back\n", pooltoy_worker_index(self));
	return 0;
}

static const struct pooltoy_worker_ops session =
	POOLTOY_WORKER_OPS(.handle_call = answer, .reset = rollback);

static void *serve(void *argument)
{
	return connection_serve(argument) ? argument : NULL;
}

int main(void)
{
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;
	struct connection connection;
	pthread_t thread;
	void *failed;
	int i;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "sessions", .worker = &session, .size = 1),
			       &pool) ||
	    connection_hello(&connection, pool))
		errx(1, "%s", pooltoy_last_error());
	for (i = 0; i < 2; i++) {
		if (pthread_create(&thread, NULL, serve, &connection) ||
		    pthread_join(thread, &failed) || failed)
			errx(1, "request %d failed", i);
	}
	connection_lost(&connection);
	if (pooltoy_checkin(&connection.session) != POOLTOY_ESTALE)
		errx(1, "the lease outlived its client");
	if (pooltoy_checkout(pool, 1000, &lease) || pooltoy_checkin(&lease))
		errx(1, "%s", pooltoy_last_error());
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
