/* SPDX-License-Identifier: MIT */
/* pause.c: a pool that rests while what its workers use is being changed. */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <pooltoy.h>

static int handle_call(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	(void)state;
	return pooltoy_reply(self, request, length);
}

static const struct pooltoy_worker_ops echo = POOLTOY_WORKER_OPS(.handle_call = handle_call);

static void move_the_database(void)
{
	puts("nobody begins anything now");
}

/* example: pause */
static void maintain(struct pooltoy_pool *poolio)
{
	struct pooltoy_lease lease;

	/* No more leases; those that there are have 5 s. */
	if (pooltoy_pool_drain(poolio, 5000))
		errx(1, "%s", pooltoy_last_error());
	if (pooltoy_checkout(poolio, 0, &lease) != POOLTOY_EPAUSED)
		errx(1, "it is not paused");
	move_the_database();
	if (pooltoy_pool_resume(poolio))
		errx(1, "%s", pooltoy_last_error());
	/* Or without a pause: each worker is to be a new one. */
	if (pooltoy_pool_replace_workers(poolio, 1))
		errx(1, "%s", pooltoy_last_error());
}
/* end */

/* example: stop */
/* At the server's end: what has begun, and tasks that wait, have 30 s. */
static void leave_nothing_undone(struct pooltoy_pool *poolio)
{
	int rc;

	rc = pooltoy_stop_pool_with(poolio, POOLTOY_STOP_DRAIN, 30000);
	if (rc == POOLTOY_EQUARANTINED)
		warnx("%s", pooltoy_last_error()); /* do not dlclose() */
	else if (rc)
		errx(1, "%s", pooltoy_last_error());
	pooltoy_pool_release(poolio);
}
/* end */

int main(void)
{
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *poolio;
	struct pooltoy_lease lease;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &echo, .size = 2),
			       &poolio))
		errx(1, "%s", pooltoy_last_error());
	maintain(poolio);
	if (pooltoy_checkout(poolio, 5000, &lease) || pooltoy_checkin(&lease))
		errx(1, "%s", pooltoy_last_error());
	leave_nothing_undone(poolio);
	return pooltoy_supervisor_stop(sup, 5000) ? 1 : 0;
}
