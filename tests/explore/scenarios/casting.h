/* SPDX-License-Identifier: MIT */
/* casting.h: clients that cast. */
#ifndef EXPLORE_SCENARIOS_CASTING_H
#define EXPLORE_SCENARIOS_CASTING_H

#include "acts.h"

enum { DELIVERED = ACT_SIGHTS, LOST, FULL, BUSY };

extern unsigned casts_sent;

void casting_open(void);                              /* for .setup: one worker, two casts */
void casting_cast(const struct pooltoy_lease *lease); /* once; sees FULL, BUSY */
void casting_cast_and_check_in(void);                 /* for .fibers: three casts */
void casting_close(void);                             /* for .finish: all sent were delivered */

#endif
