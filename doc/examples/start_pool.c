/* SPDX-License-Identifier: MIT */
/* start_pool.c: a pool started, found by its name elsewhere, and stopped; others for what servers meet. */
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <pooltoy.h>

struct settings {
	const char *host;
	int port;
};

/* A real worker would connect to settings->host here. */
static int connect_init(struct pooltoy_worker *self, void *argument, void **state)
{
	const struct settings *settings = argument;

	if (settings->port == 0)
		return pooltoy_worker_fail(self, "%s: no port", settings->host);
	*state = argument;
	return 0;
}

/* example: start_pool */
static const struct pooltoy_worker_ops session =
	POOLTOY_WORKER_OPS(.init = connect_init);

static int start_sessions(struct pooltoy_supervisor *sup,
			  struct settings *settings)
{
	int rc;

	rc = pooltoy_start_pool(
		sup,
		POOLTOY_POOL_SPEC(.name = "sessions",
				  .worker = &session,
				  .argument = settings, /* for init */
				  .size = 4,
				  .max_overflow = 4,
				  .strategy = POOLTOY_LIFO,
				  .on_client_death = POOLTOY_REPLACE,
				  .shutdown = 2000),
		NULL);
	if (rc == POOLTOY_EEXIST)
		return 0; /* another thread was faster: fine */
	return rc;
}

static int stop_sessions(struct pooltoy_supervisor *sup)
{
	struct pooltoy_pool *pool;
	int rc = pooltoy_find_pool(sup, "sessions", &pool);

	if (rc)
		return rc;
	rc = pooltoy_stop_pool(pool, -1); /* -1: 2,000 ms, as above */
	pooltoy_pool_release(pool);
	return rc;
}
/* end */

/* example: health */
/* A peer that hangs up after an hour; a library that leaks. */
static int start_recycled(struct pooltoy_supervisor *sup,
			  struct settings *settings)
{
	return pooltoy_start_pool(
		sup,
		POOLTOY_POOL_SPEC(.name = "recycled",
				  .worker = &session,
				  .argument = settings,
				  .size = 4,
				  .max_lifetime = 50 * 60 * 1000,
				  .lifetime_jitter = 20, /* percent */
				  .max_uses = 10000),
		NULL);
}
/* end */

/* example: pings */
/* Such as "SELECT 1". */
static int still_there(struct pooltoy_worker *self, void *state)
{
	const struct settings *peer = state;

	if (peer->port)
		return 0;
	return pooltoy_worker_fail(self, "%s hung up", peer->host);
}

static const struct pooltoy_worker_ops pinged_session =
	POOLTOY_WORKER_OPS(.init = connect_init, .ping = still_there);

/* A peer that restarts; a firewall that forgets who is silent. */
static int start_pinged(struct pooltoy_supervisor *sup,
			struct settings *settings)
{
	return pooltoy_start_pool(
		sup,
		POOLTOY_POOL_SPEC(.name = "pinged",
				  .worker = &pinged_session,
				  .argument = settings,
				  .size = 4,
				  /* Idle ones, now and then: */
				  .ping_interval = 30 * 1000,
				  .ping_timeout = 2000,
				  /* and before a checkout: */
				  .validate_after = 5000),
		NULL);
}
/* end */

/* example: leaks */
/* Requests take a second: who holds a session for a minute has lost it.
 * It is taken back; an event has the stack of its checkout. So has that
 * of a worker that hangs, of where it does. */
static int start_guarded(struct pooltoy_supervisor *sup,
			 struct settings *settings)
{
	return pooltoy_start_pool(
		sup,
		POOLTOY_POOL_SPEC(.name = "guarded",
				  .worker = &session,
				  .argument = settings,
				  .size = 4,
				  .lease_limit = 60 * 1000,
				  .lease_reclaim = 1,
				  .lease_backtrace = 1,
				  .max_quarantined = 8,
				  .stack_signal = SIGRTMIN + 5),
		NULL);
}
/* end */

/* example: overload */
/* Whom it cannot serve in time it tells so: at once if 100 wait already;
 * and if all wait for more than 50 ms, who has waited for 100. */
static int start_bounded(struct pooltoy_supervisor *sup,
			 struct settings *settings)
{
	return pooltoy_start_pool(
		sup,
		POOLTOY_POOL_SPEC(.name = "bounded",
				  .worker = &session,
				  .argument = settings,
				  .size = 4,
				  .max_queue = 100,
				  .queue_target = 50,
				  .queue_interval = 1000,
				  .max_leases_per_client = 1,
				  .max_waiters_per_client = 1),
		NULL);
}

/* What a web server says if a checkout does. */
static int http_status(int rc)
{
	switch (rc) {
	case POOLTOY_OK:
		return 200;
	case POOLTOY_EQUOTA:
		return 429; /* this client has its share */
	case POOLTOY_EQUEUEFULL:
	case POOLTOY_EOVERLOAD:
	case POOLTOY_ETIMEDOUT:
		return 503;
	default:
		return 500;
	}
}
/* end */

/* example: placement */
/* Work that may take long: at the lowest priority, on all processors but
 * one. If a stack overflows it faults, be it by 1 MiB at once. */
static int start_background(struct pooltoy_supervisor *sup,
			    struct settings *settings)
{
	cpu_set_t cpus;
	int first = 0;

	if (sched_getaffinity(0, sizeof cpus, &cpus))
		return POOLTOY_EINVAL;
	while (!CPU_ISSET(first, &cpus))
		first++;
	if (CPU_COUNT(&cpus) > 1)
		CPU_CLR(first, &cpus);
	return pooltoy_start_pool(
		sup,
		POOLTOY_POOL_SPEC(.name = "background",
				  .worker = &session,
				  .argument = settings,
				  .size = 2,
				  .stack_size = 512 * 1024,
				  .guard_size = 1024 * 1024,
				  .cpus = &cpus, /* copied */
				  .cpus_size = sizeof cpus,
				  .scheduling = POOLTOY_SCHED_BATCH,
				  .nice = 19),
		NULL);
}
/* end */

/* This thread has its share of the workers, and asks for one more. */
static void be_refused(struct pooltoy_supervisor *sup)
{
	struct pooltoy_lease first, second;
	struct pooltoy_pool *pool;

	if (pooltoy_find_pool(sup, "bounded", &pool) ||
	    http_status(pooltoy_checkout(pool, 5000, &first)) != 200)
		errx(1, "%s", pooltoy_last_error());
	if (http_status(pooltoy_checkout(pool, 5000, &second)) != 429)
		errx(1, "the quota was not kept");
	if (pooltoy_checkin(&first))
		errx(1, "%s", pooltoy_last_error());
	pooltoy_pool_release(pool);
}

int main(void)
{
	struct settings settings = { "localhost", 5432 };
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;

	if (pooltoy_supervisor_start(&sup) || start_sessions(sup, &settings) ||
	    start_sessions(sup, &settings) || start_recycled(sup, &settings) ||
	    start_pinged(sup, &settings) || start_guarded(sup, &settings) ||
	    start_bounded(sup, &settings) || start_background(sup, &settings) ||
	    pooltoy_find_pool(sup, "sessions", &pool))
		errx(1, "%s", pooltoy_last_error());
	be_refused(sup);
	if (pooltoy_kill_manager(pool) || pooltoy_pool_revive(pool))
		errx(1, "%s", pooltoy_last_error());
	pooltoy_pool_release(pool);
	if (stop_sessions(sup))
		errx(1, "%s", pooltoy_last_error());
	if (pooltoy_stop_pool_named(sup, "sessions", 0) != POOLTOY_ENOENT)
		errx(1, "the name is not free");
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
