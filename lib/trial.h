/* SPDX-License-Identifier: MIT */
/* trial.h: what a pool's workers ask of the system, tried out before there is one. */
#ifndef POOLTOY_LIB_TRIAL_H
#define POOLTOY_LIB_TRIAL_H

#include "pool.h"

/*
 * By the supervisor's thread, as which workers' threads are scheduled but for what they ask. Starts a thread
 * that is to be like theirs: 0, and it is going to set `trial_over` and post to the supervisor; or an error
 * code. Of either kind of error the reason is the pool's last one.
 */
int trial_start(struct pooltoy_pool *pool);

#endif
