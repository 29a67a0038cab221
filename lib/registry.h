/* SPDX-License-Identifier: MIT */
/* registry.h: a supervisor's pools by name. */
#ifndef POOLTOY_LIB_REGISTRY_H
#define POOLTOY_LIB_REGISTRY_H

#include "pool.h"

/*
 * A hash table of lists, read under RCU without a lock, written under the supervisor's lock. It needs
 * no memory of its own, so that nothing can fail. A pool that is in it, or was until a grace period
 * ago, is referenced; its link is left as it was, for readers who are on their way through it.
 */
enum { REGISTRY_BUCKETS = 256 };

struct registry {
	sync_atomic(struct pooltoy_pool *) buckets[REGISTRY_BUCKETS];
};

void registry_add(struct registry *registry, struct pooltoy_pool *pool);
void registry_remove(struct registry *registry, struct pooltoy_pool *pool);

/* The pool of that name with a reference for the caller, or NULL. */
struct pooltoy_pool *registry_find(struct registry *registry, const char *name);

#endif
