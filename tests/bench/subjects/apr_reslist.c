/* SPDX-License-Identifier: MIT */
/*
 * apr_reslist.c: Apache's resource list, which mod_dbd keeps its connections in. It makes and
 * destroys resources between a minimum and a maximum; here both are the pool's size. It does not know
 * who holds what.
 */
#include <apr_pools.h>
#include <apr_reslist.h>
#include <err.h>
#include <stdlib.h>
#include "scenarios/measure.h"
#include "subjects/subject.h"

struct pool_set {
	apr_pool_t *memory;
	apr_reslist_t **lists;
	unsigned in_turn;
};

static apr_status_t make(void **resource, void *argument, apr_pool_t *memory)
{
	(void)argument;
	*resource = apr_palloc(memory, sizeof(uint64_t));
	return APR_SUCCESS;
}

static apr_status_t destroy(void *resource, void *argument, apr_pool_t *memory)
{
	(void)resource;
	(void)argument;
	(void)memory;
	return APR_SUCCESS;
}

static void must(apr_status_t status, const char *what)
{
	if (status != APR_SUCCESS)
		errx(1, "%s: %d", what, status);
}

static void *pool_open(const struct order *order)
{
	struct pool_set *set = must_alloc(sizeof *set);
	int size = (int)order->workers;

	must(apr_initialize(), "apr_initialize");
	must(apr_pool_create(&set->memory, NULL), "apr_pool_create");
	set->lists = must_alloc(order->pools * sizeof *set->lists);
	set->in_turn = order->in_turn ? order->pools : 1;
	for (unsigned i = 0; i < order->pools; i++)
		must(apr_reslist_create(&set->lists[i], size, size, size, 0, make, destroy, NULL,
					set->memory),
		     "apr_reslist_create");
	return set;
}

static void pool_close(void *argument)
{
	struct pool_set *set = argument;

	apr_pool_destroy(set->memory);
	apr_terminate();
	free(set->lists);
	free(set);
}

static void turns(void *argument, uint64_t turns)
{
	struct pool_set *set = argument;
	unsigned next = 0;

	for (uint64_t i = 0; i < turns; i++) {
		void *resource;

		must(apr_reslist_acquire(set->lists[next], &resource), "acquire");
		must(apr_reslist_release(set->lists[next], resource), "release");
		if (++next >= set->in_turn)
			next = 0;
	}
}

static void checkout(void *argument, struct holding *holding)
{
	struct pool_set *set = argument;
	void *resource;

	must(apr_reslist_acquire(set->lists[0], &resource), "acquire");
	holding->word[0] = (uintptr_t)resource;
}

static void checkin(void *argument, const struct holding *holding)
{
	struct pool_set *set = argument;

	must(apr_reslist_release(set->lists[0], (void *)(uintptr_t)holding->word[0]), "release");
}

static const struct pool_ops pool = { pool_open, pool_close, turns, checkout, checkin };

const struct subject subject = { .name = "apr_reslist", .pool = &pool };
