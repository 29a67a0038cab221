/* SPDX-License-Identifier: MIT */
/* stubborn.h: a worker whose handler does not return before it is told to. */
#ifndef EXPLORE_SCENARIOS_STUBBORN_H
#define EXPLORE_SCENARIOS_STUBBORN_H

#include "acts.h"

enum { QUARANTINED = ACT_SIGHTS, IN_TIME, RETURNED };

/* For .setup: a pool of one of them; and the same with more to say about it. */
void stubborn_open(void);
void stubborn_open_with(struct pooltoy_pool_spec spec);
/* For .fibers: calls it, with a handle of its own to the pool, which it then gives back. */
void stubborn_call(void);
/* How a stop with little patience ended; from now on the handler returns. */
void stubborn_stopped(int code);
/* From now on the handler returns. */
void stubborn_release(void);
/* Every init has seen its terminate. */
bool stubborn_is_back(void);

#endif
