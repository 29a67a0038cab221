/* SPDX-License-Identifier: MIT */
/* leased_slot.h: a slot without a pool, leased to a client that may end. */
#ifndef EXPLORE_SCENARIOS_LEASED_SLOT_H
#define EXPLORE_SCENARIOS_LEASED_SLOT_H

#include "explore.h"

#include "slot.h"

enum { ENDED_BY_CLIENT, LEASED_SLOT_SIGHTS };

extern struct slot leased_slot;
extern uint64_t leased_slot_lease; /* the generation */
extern unsigned leased_slot_ends;  /* how often the lease has ended */

void leased_slot_set_up(void);
void leased_slot_ended(unsigned sight);
void leased_slot_close_client(void); /* for .fibers */

#endif
