/* SPDX-License-Identifier: MIT */
/* pools.c: the supervisor and the pools that are tortured, and what must hold when all is over. */
#include "torture.h"

#include <stdio.h>
#include <string.h>

struct arena arena;

enum { PATIENCE_MS = 60000 }; /* for what is bound to happen */

/* Events. */

static void hear(const struct pooltoy_event *event, void *unused)
{
	char line[512];

	(void)unused;
	REQUIRE(event->struct_size >= sizeof *event);
	REQUIRE(event->pool && event->reason && event->worker >= -1);
	REQUIRE(pooltoy_event_format(event, line, sizeof line) == strlen(line) && line[0]);
	did(EVENTS);
	switch (event->type) {
	case POOLTOY_EVENT_POOL_FAILED:
		did(POOLS_FAILED);
		break;
	case POOLTOY_EVENT_WORKER_QUARANTINED:
		did(QUARANTINES);
		break;
	case POOLTOY_EVENT_POOL_CRASHED: /* a receiver may call, and block */
		(void)go_on_after(500);
		break;
	default:
		break;
	}
}

/* Pools. */

void release_census(void *argument)
{
	struct census *census = argument;

	census->releases++;
}

static const struct pooltoy_pool_spec *spec_of(int pool)
{
	static struct pooltoy_pool_spec specs[POOLS] = {
		[AFFINE] = { .name = "affine", .size = 4 },
		[LIFO] = { .name = "lifo", .size = 3, .max_overflow = 2, .strategy = POOLTOY_LIFO },
		[FIFO] = { .name = "fifo",
			   .size = 2,
			   .strategy = POOLTOY_FIFO,
			   .on_client_death = POOLTOY_REPLACE },
		[ELASTIC] = { .name = "elastic", .max_overflow = 3, .starvation_us = 1 },
		[SINGLE] = { .name = "single", .size = 1, .exclusive = 1, .max_casts = 4 },
		[FRAGILE] = { .name = "fragile",
			      .size = 2,
			      .max_restarts = 1,
			      .restart_period = 1000,
			      .give_up_after = 20 },
		[STUBBORN] = { .name = "stubborn", .size = 2, .shutdown = 3, .grace = 3 },
	};
	struct pooltoy_pool_spec *spec = &specs[pool];

	spec->struct_size = sizeof *spec;
	spec->worker = &torture_worker;
	spec->argument = &arena.census[pool];
	spec->release = release_census;
	spec->backoff_min = 1;
	spec->backoff_max = 8;
	if (!spec->max_restarts)
		spec->max_restarts = 100000;
	if (!spec->grace)
		spec->shutdown = spec->grace = PATIENCE_MS;
	return spec;
}

const struct pooltoy_pool_spec *spec_of_passing(const char *name)
{
	static _Thread_local struct pooltoy_pool_spec spec;

	spec = (struct pooltoy_pool_spec)POOLTOY_POOL_SPEC_INIT;
	spec.name = name;
	spec.worker = &torture_worker;
	spec.argument = &arena.passing;
	spec.release = release_census;
	spec.size = 2;
	spec.max_overflow = 1;
	spec.backoff_min = spec.backoff_max = 1;
	spec.shutdown = spec.grace = PATIENCE_MS;
	return &spec;
}

void arena_open(void)
{
	for (int pool = 0; pool < POOLS; pool++)
		arena.census[pool].one_init_in = pool == SINGLE ? 0 : 40;
	arena.census[STUBBORN].stubborn = true;
	REQUIRE(pooltoy_supervisor_start_with(POOLTOY_SUPERVISOR_SPEC(.on_event = hear),
					      &arena.supervisor) == POOLTOY_OK);
	for (int pool = 0; pool < POOLS; pool++)
		REQUIRE(pooltoy_start_pool(arena.supervisor, spec_of(pool), &arena.pools[pool]) ==
			POOLTOY_OK);
}

unsigned allowed_of_checkout(int pool, int timeout_ms)
{
	unsigned allowed = MAY(POOLTOY_OK);

	if (timeout_ms == 0)
		allowed |= MAY(POOLTOY_EFULL) | MAY(POOLTOY_ESTARTING);
	if (timeout_ms > 0)
		allowed |= MAY(POOLTOY_ETIMEDOUT);
	if (timeout_ms < 0)
		allowed |= MAY(POOLTOY_EDEADLK);
	if (pool == FRAGILE)
		allowed |= MAY(POOLTOY_EFAILED);
	return allowed;
}

void look_at_pool(struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;
	int slots;

	REQUIRE(pooltoy_pool_status(pool, &status) == POOLTOY_OK);
	slots = 2 * (status.size + status.max_overflow) + 16;
	REQUIRE(strcmp(pooltoy_pool_state_name(status.state), "unknown") != 0);
	REQUIRE(status.idle >= 0 && status.idle <= slots);
	REQUIRE(status.leased >= 0 && status.leased <= slots);
	REQUIRE(status.resetting >= 0 && status.resetting <= slots);
	REQUIRE(status.starting >= 0 && status.starting <= slots);
	REQUIRE(status.stopping >= 0 && status.stopping <= slots);
	REQUIRE(status.quarantined >= 0 && status.quarantined <= slots);
	REQUIRE(status.waiting >= 0 && status.monitored >= 0 && status.monitored <= slots);
	REQUIRE(status.timeouts <= status.waits);
	did(STATUSES);
}

/* The end. */

static bool is_at_rest(struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;

	REQUIRE(pooltoy_pool_status(pool, &status) == POOLTOY_OK);
	return status.state == POOLTOY_POOL_READY && status.idle == status.size && !status.leased &&
	       !status.resetting && !status.starting && !status.stopping && !status.quarantined &&
	       !status.overflow && !status.waiting && !status.monitored;
}

static bool serves(struct pooltoy_pool *pool)
{
	struct order order = { DOUBLE, 21 };
	struct pooltoy_lease lease;
	int answer = 0, code;
	size_t length = sizeof answer;

	if (pooltoy_checkout(pool, PATIENCE_MS, &lease))
		return false;
	code = pooltoy_call(&lease, &order, sizeof order, &answer, &length, PATIENCE_MS);
	return pooltoy_checkin(&lease) == POOLTOY_OK && code == POOLTOY_OK && answer == 42;
}

static void await(bool (*holds)(struct pooltoy_pool *pool), struct pooltoy_pool *pool,
		  const char *what)
{
	uint64_t until = now_ms() + PATIENCE_MS;

	while (!holds(pool)) {
		if (now_ms() > until)
			torture_failed("pool \"%s\" is never %s", pooltoy_pool_name(pool), what);
		(void)go_on_after(1000);
	}
}

static void expect_balance(const char *name, const struct census *census, long pools)
{
	uint64_t until = now_ms() + PATIENCE_MS;

	while ((census->releases != pools || census->terminates != census->inits) &&
	       now_ms() < until)
		(void)go_on_after(
			1000); /* a thread that was stuck when its pool was stopped comes back */
	if (census->releases != pools || census->terminates != census->inits || census->alive)
		torture_failed("pool \"%s\": %ld inits, %ld terminates; %ld started, %ld released",
			       name, census->inits, census->terminates, pools, census->releases);
	if (torture.verbose)
		printf("pool %s: %ld inits, %ld terminates, at most %d workers at once\n", name,
		       census->inits, census->terminates, census->most_alive);
}

void arena_close(void)
{
	for (int pool = 0; pool < POOLS; pool++) {
		allow(pooltoy_pool_revive(arena.pools[pool]), MAY(POOLTOY_OK), "revive");
		await(serves, arena.pools[pool], "serving again");
		await(is_at_rest, arena.pools[pool], "at rest");
		pooltoy_pool_release(arena.pools[pool]);
	}
	allow(stop_supervisor(arena.supervisor, -1), MAY(POOLTOY_OK) | MAY(POOLTOY_EQUARANTINED),
	      "supervisor_stop");
	arena.supervisor = NULL;
	for (int pool = 0; pool < POOLS; pool++)
		expect_balance(spec_of(pool)->name, &arena.census[pool], 1);
	expect_balance("passing", &arena.passing, count_of(POOLS_STARTED));
	REQUIRE(arena.census[SINGLE].most_alive == 1);
}
