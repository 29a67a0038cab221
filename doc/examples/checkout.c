/* SPDX-License-Identifier: MIT */
/* checkout.c: a worker checked out, or a reason why not; a transaction; a lease handed over. */
#include <err.h>
#include <stdio.h>
#include <pooltoy.h>

static int echo(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	(void)state;
	return pooltoy_reply(self, request, length);
}

static const struct pooltoy_worker_ops echoer = POOLTOY_WORKER_OPS(.handle_call = echo);

/* example: checkout */
/* The status of an HTTP response. */
static int respond(struct pooltoy_pool *pool)
{
	struct pooltoy_lease lease;

	switch (pooltoy_checkout(pool, 250, &lease)) {
	case 0:
		break;
	case POOLTOY_ETIMEDOUT: /* busy */
	case POOLTOY_EFAILED:   /* broken: an operator must look */
		return 503;
	default:
		warnx("%s", pooltoy_last_error());
		return 500;
	}
	/* ... use the worker ... */
	if (pooltoy_checkin(&lease) == POOLTOY_ESTALE)
		warnx("the worker died while it was ours");
	return 200;
}
/* end */

/* example: checkin_failed */
/* The peer hung up: the next client must not get this connection. */
static int ask(struct pooltoy_pool *pool, char *answer, size_t *length)
{
	struct pooltoy_lease lease;
	int rc = pooltoy_checkout(pool, 250, &lease);

	if (rc)
		return rc;
	rc = pooltoy_call(&lease, "ping", 4, answer, length, 1000);
	if (rc == 0 && *length == 0)
		return pooltoy_checkin_failed(&lease, POOLTOY_REPLACE,
					      "the peer hung up");
	if (rc == POOLTOY_ETIMEDOUT) /* who knows what it was doing */
		pooltoy_checkin_failed(&lease, POOLTOY_RESET, NULL);
	else
		pooltoy_checkin(&lease);
	return rc;
}
/* end */

/* example: transaction */
static int ask_twice(const struct pooltoy_lease *lease, void *argument)
{
	int rc = pooltoy_call(lease, "one", 3, NULL, NULL, 1000);

	(void)argument;
	if (rc)
		return rc;
	return pooltoy_call(lease, "two", 3, NULL, NULL, 1000);
}

static int run(struct pooltoy_pool *pool)
{
	return pooltoy_transaction(pool, ask_twice, NULL, 1000);
}
/* end */

/* example: adopt */
/* Runs on a thread that got the lease by a queue of the server's. */
static int finish(struct pooltoy_lease lease)
{
	int rc = pooltoy_lease_adopt(NULL, &lease);

	if (rc) /* stale: the thread before has ended with it */
		return rc;
	printf("worker %d\n", pooltoy_lease_worker(&lease));
	return pooltoy_checkin(&lease);
}
/* end */

int main(void)
{
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;
	char answer[8];
	size_t length = sizeof answer;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &echoer, .size = 2),
			       &pool) ||
	    respond(pool) != 200 || run(pool) || ask(pool, answer, &length) || pooltoy_checkout(pool, 1000, &lease) ||
	    finish(lease))
		errx(1, "%s", pooltoy_last_error());
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
