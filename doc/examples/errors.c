/* SPDX-License-Identifier: MIT */
/* errors.c: what went wrong, for a program and for people. */
#include <err.h>
#include <stdio.h>
#include <pooltoy.h>

static int refuse(struct pooltoy_worker *self, void *argument, void **state)
{
	(void)argument;
	(void)state;
	return pooltoy_worker_fail(self, "connect: connection refused");
}

static const struct pooltoy_worker_ops session = POOLTOY_WORKER_OPS(.init = refuse);

/* example: errors */
static int try_session(struct pooltoy_pool *sessions)
{
	struct pooltoy_lease lease;
	int rc = pooltoy_checkout(sessions, 100, &lease);

	if (rc == 0)
		return pooltoy_checkin(&lease);
	/* The code is for the program and the metrics ... */
	fprintf(stderr, "checkout: %s (%d)\n", pooltoy_strerror(rc), rc);
	/* ... and this is for whoever has to repair it. */
	fprintf(stderr, "%s\n", pooltoy_last_error());
	return rc;
}
/* end */

int main(void)
{
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;

	printf("compiled for %s, runs on %s\n", POOLTOY_VERSION, pooltoy_version());
	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup,
			       POOLTOY_POOL_SPEC(.name = "sessions", .worker = &session, .size = 1),
			       &pool))
		errx(1, "%s", pooltoy_last_error());
	if (try_session(pool) != POOLTOY_ETIMEDOUT)
		errx(1, "a worker that cannot be started was checked out");
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
