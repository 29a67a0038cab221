/* SPDX-License-Identifier: MIT */
/* supervisor.c: a supervisor that logs more than by default, and one that is stopped with care. */
#include <err.h>
#include <stdio.h>
#include <pooltoy.h>

/* example: supervisor */
static enum pooltoy_severity everything = POOLTOY_INFO;

static void serve(void (*work)(struct pooltoy_supervisor *sup))
{
	struct pooltoy_supervisor *sup;
	int rc;

	rc = pooltoy_supervisor_start_with(
		POOLTOY_SUPERVISOR_SPEC(
				.on_event = pooltoy_event_log_stderr,
				.event_argument = &everything),
		&sup);
	if (rc)
		errx(1, "%s", pooltoy_last_error());
	work(sup);
	rc = pooltoy_supervisor_stop(sup, 5000);
	if (rc == POOLTOY_EQUARANTINED) /* do not dlclose the workers */
		warnx("%s", pooltoy_last_error());
	else if (rc)
		errx(1, "%s", pooltoy_last_error());
}
/* end */

static const struct pooltoy_worker_ops idler = POOLTOY_WORKER_OPS(.init = NULL);

static void work(struct pooltoy_supervisor *sup)
{
	struct pooltoy_lease lease;
	struct pooltoy_pool *pool;

	if (pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &idler, .size = 1),
			       &pool) ||
	    pooltoy_kill_supervisor(sup) ||
	    pooltoy_checkout(pool, 1000, &lease) ||
	    pooltoy_checkin(&lease))
		errx(1, "%s", pooltoy_last_error());
	pooltoy_pool_release(pool);
}

int main(void)
{
	serve(work);
	return 0;
}
