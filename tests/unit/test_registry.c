/* SPDX-License-Identifier: MIT */
/* test_registry.c: names that share a bucket; pools that come and go. */
#include "support/suite.h"
#include "registry.h"

#include <stdio.h>
#include <stdlib.h>

/* More than there are buckets, so that many share one. */
enum { POOLS = 3 * REGISTRY_BUCKETS };

/* No more of a pool than the registry looks at: name, links, references. */
static struct pooltoy_pool *named(unsigned number)
{
	struct pooltoy_pool *pool = sync_alloc_lines(sizeof *pool);

	CU_ASSERT_PTR_NOT_NULL_FATAL(pool);
	snprintf(pool->config.name, sizeof pool->config.name, "pool%u", number);
	atomic_init(&pool->references, 1);
	return pool;
}

static void expect_found(struct registry *registry, struct pooltoy_pool **pools, unsigned count,
			 unsigned first)
{
	char name[32];

	for (unsigned i = 0; i < count; i++) {
		struct pooltoy_pool *found;

		snprintf(name, sizeof name, "pool%u", i);
		found = registry_find(registry, name);
		CU_ASSERT_PTR_EQUAL(found, i < first ? NULL : pools[i]);
		if (found)
			CU_ASSERT_EQUAL(figure_load(&found->references), 2);
		if (found)
			figure_store(&found->references, 1);
	}
}

static void each_pool_is_found_by_its_name_however_many_share_a_bucket(void)
{
	struct registry *registry = calloc(1, sizeof *registry);
	struct pooltoy_pool *pools[POOLS];

	CU_ASSERT_PTR_NOT_NULL_FATAL(registry);
	for (unsigned i = 0; i < POOLS; i++) {
		pools[i] = named(i);
		registry_add(registry, pools[i]);
	}
	expect_found(registry, pools, POOLS, 0);
	CU_ASSERT_PTR_NULL(registry_find(registry, "pool"));
	CU_ASSERT_PTR_NULL(registry_find(registry, ""));
	free(registry);
	for (unsigned i = 0; i < POOLS; i++)
		sync_free(pools[i]);
}

/* The oldest stand last in their buckets: removed from the end, and the rest stays. */
static void a_pool_that_is_removed_leaves_its_neighbours(void)
{
	struct registry *registry = calloc(1, sizeof *registry);
	struct pooltoy_pool *pools[POOLS] = { NULL };

	CU_ASSERT_PTR_NOT_NULL_FATAL(registry);
	for (unsigned i = 0; i < POOLS; i++) {
		pools[i] = named(i);
		registry_add(registry, pools[i]);
	}
	for (unsigned i = 0; i < POOLS; i++) {
		registry_remove(registry, pools[i]);
		if (i % 64 == 63)
			expect_found(registry, pools, POOLS, i + 1);
	}
	for (unsigned i = 0; i < REGISTRY_BUCKETS; i++)
		CU_ASSERT_PTR_NULL(figure_load(&registry->buckets[i]));
	/* From the front, and from the middle. */
	for (unsigned i = 0; i < POOLS; i++)
		registry_add(registry, pools[i]);
	for (unsigned i = POOLS; i-- > 0;)
		registry_remove(registry, pools[(i + POOLS / 2) % POOLS]);
	for (unsigned i = 0; i < REGISTRY_BUCKETS; i++)
		CU_ASSERT_PTR_NULL(figure_load(&registry->buckets[i]));
	free(registry);
	for (unsigned i = 0; i < POOLS; i++)
		sync_free(pools[i]);
}

SUITE(TEST(each_pool_is_found_by_its_name_however_many_share_a_bucket),
      TEST(a_pool_that_is_removed_leaves_its_neighbours))
