/* SPDX-License-Identifier: MIT */
/* idle_order.h: idle slots in the strict order in which they became idle, for lifo and fifo. */
#ifndef POOLTOY_LIB_IDLE_ORDER_H
#define POOLTOY_LIB_IDLE_ORDER_H

#include "slot.h"

/*
 * A list under a lock (RANK_ORDER), the longest idle first. As with the bitmap, the slot word alone
 * decides: a slot may still stand here that is not idle any more, and is dropped as it is met. Who
 * made a slot idle then puts it; between the two it is idle and not yet found, which is why putting
 * is followed by a look at the waiters. Any thread at any time.
 */
struct idle_order {
	struct sync_mutex lock;
	struct slot *oldest, *newest;
};

/* 0 or an errno value. */
int idle_order_init(struct idle_order *order);
void idle_order_destroy(struct idle_order *order);

/* After the slot was made idle: as the newest. */
void idle_order_put(struct idle_order *order, struct slot *slot);

/* Lease the slot that became idle last, or first: true, the slot and the lease's generation. */
bool idle_order_take_newest(struct idle_order *order, struct slot **slot, uint64_t *generation);
bool idle_order_take_oldest(struct idle_order *order, struct slot **slot, uint64_t *generation);

/* Whether some slot is idle. */
bool idle_order_any(struct idle_order *order);

#endif
