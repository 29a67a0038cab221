/* SPDX-License-Identifier: MIT */
/* whole_life.h: a supervisor, a pool, some use of it, a restart and the end, by one thread. */
#ifndef EXPLORE_SCENARIOS_WHOLE_LIFE_H
#define EXPLORE_SCENARIOS_WHOLE_LIFE_H

#include "pools.h"

enum { STARTED, NO_SUPERVISOR, NO_POOL, NO_CHECKOUT, NO_CALL, SERVED };

/* For .fibers. Whatever is refused for lack of memory or threads: the answer says so, nothing else
 * changes, and nothing leaks. */
void whole_life(void);

#endif
