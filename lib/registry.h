/* SPDX-License-Identifier: MIT */
/* registry.h: a supervisor's pools by name. */
#ifndef POOLTOY_LIB_REGISTRY_H
#define POOLTOY_LIB_REGISTRY_H

#include "pool.h"

/*
 * Read under RCU without a lock; written under the supervisor's lock. A pool that is in it, or was
 * until a grace period ago, is referenced.
 */
struct registry {
	struct sync_map map;
};

/* False: no memory. */
bool registry_init(struct registry *registry);
void registry_destroy(struct registry *registry);

void registry_add(struct registry *registry, struct pooltoy_pool *pool);
void registry_remove(struct registry *registry, struct pooltoy_pool *pool);

/* The pool of that name with a reference for the caller, or NULL. */
struct pooltoy_pool *registry_find(struct registry *registry, const char *name);

#endif
