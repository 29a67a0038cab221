/* SPDX-License-Identifier: MIT */
/* registry.c: a hash table of pools. */
#include "registry.h"

#include <string.h>

bool registry_init(struct registry *registry)
{
	return sync_map_init(&registry->map);
}

void registry_destroy(struct registry *registry)
{
	sync_map_destroy(&registry->map);
}

/* FNV-1a (Fowler, Noll, Vo). */
static unsigned long hash_name(const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	return (unsigned long)hash;
}

static struct pooltoy_pool *pool_from_node(const struct sync_map_node *node)
{
	return (struct pooltoy_pool *)((const char *)node -
				       offsetof(struct pooltoy_pool, registered));
}

static bool has_name(const struct sync_map_node *node, const void *name)
{
	return strcmp(pool_from_node(node)->config.name, name) == 0;
}

void registry_add(struct registry *registry, struct pooltoy_pool *pool)
{
	sync_map_add(&registry->map, hash_name(pool->config.name), &pool->registered);
}

void registry_remove(struct registry *registry, struct pooltoy_pool *pool)
{
	sync_map_remove(&registry->map, &pool->registered);
}

struct pooltoy_pool *registry_find(struct registry *registry, const char *name)
{
	struct sync_map_node *node;
	struct pooltoy_pool *pool = NULL;

	sync_rcu_read_lock();
	node = sync_map_find(&registry->map, hash_name(name), has_name, name);
	if (node) {
		pool = pool_from_node(node);
		pool_ref(pool); /* it has one of the registry's, until a grace period has passed */
	}
	sync_rcu_read_unlock();
	return pool;
}
