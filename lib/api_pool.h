/* SPDX-License-Identifier: MIT */
/* api_pool.h: what calls upon a pool check first. */
#ifndef POOLTOY_LIB_API_POOL_H
#define POOLTOY_LIB_API_POOL_H

struct pooltoy_pool;

/* 0, or a code with its message: NULL, from before a fork, or (the second) stopped. */
int pool_check(const struct pooltoy_pool *pool);
int pool_check_not_stopped(struct pooltoy_pool *pool);

/* The same by who is to wait for the end of what the pool's workers do: POOLTOY_EDEADLK in their callbacks, and in
 * `release`. */
int pool_check_wait(struct pooltoy_pool *pool);

#endif
