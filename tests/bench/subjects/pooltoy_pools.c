/* SPDX-License-Identifier: MIT */
/* pooltoy_pools.c: sets of pools, of workers in threads or in child processes. */
#include <err.h>
#include <stdlib.h>
#include "scenarios/measure.h"
#include "subjects/pooltoy.h"

void must(int code, const char *what)
{
	if (code)
		errx(1, "%s: %s", what, pooltoy_last_error());
}

static struct pooltoy_supervisor *start_supervisor(void)
{
	struct pooltoy_supervisor *supervisor;

	must(pooltoy_supervisor_start_with(
		     POOLTOY_SUPERVISOR_SPEC(.on_event = pooltoy_event_ignore), &supervisor),
	     "supervisor");
	return supervisor;
}

void wait_until_up(struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;

	do {
		sleep_for(100000);
		must(pooltoy_pool_status(pool, &status), "status");
	} while (status.idle < status.size);
}

struct pool_set *open_pools_like(struct pooltoy_pool_spec spec, unsigned pools)
{
	struct pool_set *set = must_alloc(sizeof *set);

	spec.argument = set;
	set->supervisor = start_supervisor();
	set->count = pools;
	set->pools = must_alloc(pools * sizeof *set->pools);
	for (unsigned i = 0; i < pools; i++) {
		char name[32];

		snprintf(name, sizeof name, "pool%u", i);
		spec.name = name;
		must(pooltoy_start_pool(set->supervisor, &spec, &set->pools[i]), "start");
	}
	for (unsigned i = 0; i < pools; i++)
		wait_until_up(set->pools[i]);
	return set;
}

void close_pools(struct pool_set *set)
{
	must(pooltoy_supervisor_stop(set->supervisor, -1), "stop");
	for (unsigned i = 0; i < set->count; i++)
		pooltoy_pool_release(set->pools[i]);
	free(set->pools);
	free(set);
}
