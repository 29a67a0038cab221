/* SPDX-License-Identifier: MIT */
/* manager.h: the thread that governs a pool: starts workers, replaces them, and sees them off. */
#ifndef POOLTOY_LIB_MANAGER_H
#define POOLTOY_LIB_MANAGER_H

#include "pool.h"

/*
 * Starts a manager's thread for the pool, which goes on with whatever state the pool is in. 0,
 * POOLTOY_ENOMEM, POOLTOY_EAGAIN.
 */
int manager_start(struct pooltoy_pool *pool);

#endif
