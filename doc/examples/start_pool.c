/* SPDX-License-Identifier: MIT */
/* start_pool.c: a pool started, found by its name elsewhere, and stopped. */
#include <err.h>
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

/* example: leaks */
/* Requests take a second: who holds a session for a minute has lost it.
 * It is taken back; an event has the stack of its checkout. */
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
				  .max_quarantined = 8),
		NULL);
}
/* end */

int main(void)
{
	struct settings settings = { "localhost", 5432 };
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;

	if (pooltoy_supervisor_start(&sup) || start_sessions(sup, &settings) ||
	    start_sessions(sup, &settings) || start_recycled(sup, &settings) ||
	    start_guarded(sup, &settings) ||
	    pooltoy_find_pool(sup, "sessions", &pool))
		errx(1, "%s", pooltoy_last_error());
	if (pooltoy_kill_manager(pool) || pooltoy_pool_revive(pool))
		errx(1, "%s", pooltoy_last_error());
	pooltoy_pool_release(pool);
	if (stop_sessions(sup))
		errx(1, "%s", pooltoy_last_error());
	if (pooltoy_stop_pool_named(sup, "sessions", 0) != POOLTOY_ENOENT)
		errx(1, "the name is not free");
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
