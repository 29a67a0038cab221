/* SPDX-License-Identifier: MIT */
/* registry.c: a hash table of pools. */
#include "registry.h"

#include <string.h>

/* FNV-1a (Fowler, Noll, Vo). */
static uint64_t hash_name(const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	return hash;
}

static sync_atomic(struct pooltoy_pool *) * bucket_of(struct registry *registry, const char *name)
{
	return &registry->buckets[hash_name(name) % REGISTRY_BUCKETS];
}

void registry_add(struct registry *registry, struct pooltoy_pool *pool)
{
	sync_atomic(struct pooltoy_pool *) *link = bucket_of(registry, pool->config.name);

	sync_store(&pool->next_named, sync_load(link, relaxed), relaxed);
	sync_store(link, pool, release); /* pairs with registry_find */
}

void registry_remove(struct registry *registry, struct pooltoy_pool *pool)
{
	sync_atomic(struct pooltoy_pool *) *link = bucket_of(registry, pool->config.name);

	while (sync_load(link, relaxed) != pool)
		link = &sync_load(link, relaxed)->next_named;
	sync_store(link, sync_load(&pool->next_named, relaxed), release);
}

struct pooltoy_pool *registry_find(struct registry *registry, const char *name)
{
	struct pooltoy_pool *pool;

	sync_rcu_read_lock();
	pool = sync_load(bucket_of(registry, name), acquire);
	while (pool && strcmp(pool->config.name, name) != 0)
		pool = sync_load(&pool->next_named, acquire);
	if (pool)
		pool_ref(pool); /* it has one of the registry's, until a grace period has passed */
	sync_rcu_read_unlock();
	return pool;
}
