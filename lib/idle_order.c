/* SPDX-License-Identifier: MIT */
/* idle_order.c: a list of idle slots. */
#include "idle_order.h"

int idle_order_init(struct idle_order *order)
{
	order->oldest = order->newest = NULL;
	return sync_mutex_init(&order->lock, RANK_ORDER);
}

void idle_order_destroy(struct idle_order *order)
{
	sync_mutex_destroy(&order->lock);
}

static void unlink_locked(struct idle_order *order, struct slot *slot)
{
	if (slot->order_previous)
		slot->order_previous->order_next = slot->order_next;
	else
		order->oldest = slot->order_next;
	if (slot->order_next)
		slot->order_next->order_previous = slot->order_previous;
	else
		order->newest = slot->order_previous;
	slot->ordered = false;
}

void idle_order_put(struct idle_order *order, struct slot *slot)
{
	sync_mutex_lock(&order->lock);
	if (slot->ordered)
		unlink_locked(order, slot);
	slot->order_previous = order->newest;
	slot->order_next = NULL;
	if (order->newest)
		order->newest->order_next = slot;
	else
		order->oldest = slot;
	order->newest = slot;
	slot->ordered = true;
	sync_mutex_unlock(&order->lock);
}

bool idle_order_take_newest(struct idle_order *order, struct slot **slot, uint64_t *generation)
{
	bool leased = false;

	sync_mutex_lock(&order->lock);
	while (!leased && (*slot = order->newest)) {
		unlink_locked(order, *slot);
		leased = slot_lease(*slot, generation);
	}
	sync_mutex_unlock(&order->lock);
	return leased;
}

bool idle_order_take_oldest(struct idle_order *order, struct slot **slot, uint64_t *generation)
{
	bool leased = false;

	sync_mutex_lock(&order->lock);
	while (!leased && (*slot = order->oldest)) {
		unlink_locked(order, *slot);
		leased = slot_lease(*slot, generation);
	}
	sync_mutex_unlock(&order->lock);
	return leased;
}

bool idle_order_any(struct idle_order *order)
{
	struct slot *slot;

	sync_mutex_lock(&order->lock);
	for (slot = order->newest; slot; slot = slot->order_previous)
		if (slot_word_is_idle(slot_look(slot)))
			break;
	sync_mutex_unlock(&order->lock);
	return slot != NULL;
}
