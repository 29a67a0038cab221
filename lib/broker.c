/* SPDX-License-Identifier: MIT */
/* broker.c: taking, freeing, waiting. */
#include "broker.h"

#include <assert.h>

bool broker_init(struct broker *broker, enum broker_strategy strategy, unsigned capacity,
		 size_t stride, uint64_t starvation, uint64_t (*clock)(void))
{
	broker->strategy = strategy;
	broker->starvation = starvation;
	broker->clock = clock;
	atomic_init(&broker->overflow, 0);
	if (!slot_table_init(&broker->slots, capacity, stride))
		return false;
	if (!idle_hints_init(&broker->hints, broker->slots.capacity))
		goto no_hints;
	if (idle_order_init(&broker->order))
		goto no_order;
	if (checkout_queue_init(&broker->queue))
		goto no_queue;
	return true;

no_queue:
	idle_order_destroy(&broker->order);
no_order:
	idle_hints_destroy(&broker->hints);
no_hints:
	slot_table_destroy(&broker->slots);
	return false;
}

void broker_destroy(struct broker *broker)
{
	checkout_queue_destroy(&broker->queue);
	idle_order_destroy(&broker->order);
	idle_hints_destroy(&broker->hints);
	slot_table_destroy(&broker->slots);
}

void broker_nudge_head(struct broker *broker)
{
	struct parker *parker = NULL;

	sync_mutex_lock(&broker->queue.lock);
	if (broker->queue.head)
		parker = broker->queue.head->parker;
	sync_mutex_unlock(&broker->queue.lock);
	if (parker)
		parker_unpark(parker);
}

bool broker_take(struct broker *broker, unsigned start, struct slot **slot, uint64_t *generation)
{
	bool set_again = false, found;

	if (broker->strategy == BROKER_LIFO)
		return idle_order_take_newest(&broker->order, slot, generation);
	if (broker->strategy == BROKER_FIFO)
		return idle_order_take_oldest(&broker->order, slot, generation);
	found = idle_hints_take(&broker->hints, &broker->slots, start, slot, generation,
				&set_again);
	if (set_again && checkout_queue_waited_for(&broker->queue))
		broker_nudge_head(broker);
	return found;
}

/*
 * Who took a waiter off the queue looks for the next one: the nudge that was meant for it may have
 * been in vain, or there are more idle slots than nudges. The new head's parker, to be unparked
 * after the unlock, or NULL.
 */
static struct parker *next_to_nudge_locked(struct broker *broker)
{
	bool set_again = false, idle;

	if (!broker->queue.head)
		return NULL;
	if (broker->strategy == BROKER_AFFINE)
		idle = idle_hints_any(&broker->hints, &broker->slots, &set_again);
	else
		idle = idle_order_any(&broker->order);
	return idle || set_again ? broker->queue.head->parker : NULL;
}

static void unlock_and_unpark(struct broker *broker, struct parker *one, struct parker *other)
{
	sync_mutex_unlock(&broker->queue.lock);
	if (one)
		parker_unpark(one);
	if (other)
		parker_unpark(other);
}

/* If the head of the queue starves, the slot is leased to it, never idle: false if it does not. */
static bool hand_over(struct broker *broker, struct slot *slot, slot_word word, uint64_t generation,
		      enum broker_freed *freed)
{
	struct checkout_queue *queue = &broker->queue;
	struct parker *granted = NULL, *next = NULL;
	bool starves;

	sync_mutex_lock(&queue->lock);
	starves = queue->head && broker->clock() - queue->head->since > broker->starvation;
	if (starves) {
		*freed = BROKER_MOVED;
		if (slot_move(slot, word, slot_word_make(generation, 0, SLOT_LEASED)) ==
		    SLOT_DONE) {
			*freed = BROKER_HANDED_OVER;
			granted = checkout_queue_grant_locked(queue, slot,
							      generation & SLOT_GENERATION_MASK);
			next = next_to_nudge_locked(broker);
		}
	}
	unlock_and_unpark(broker, granted, next);
	return starves;
}

bool broker_drop_overflow(struct broker *broker)
{
	int overflow = sync_load(&broker->overflow, relaxed);

	while (overflow > 0)
		if (sync_cas(&broker->overflow, &overflow, overflow - 1, relaxed))
			return true;
	return false;
}

enum broker_freed broker_free(struct broker *broker, struct slot *slot, slot_word word,
			      uint64_t generation)
{
	bool waited_for = checkout_queue_waited_for(&broker->queue);
	enum broker_freed freed;

	if (waited_for) {
		if (hand_over(broker, slot, word, generation, &freed))
			return freed;
	} else if (sync_load(&broker->overflow, relaxed) > 0 && broker_drop_overflow(broker)) {
		if (slot_move(slot, word,
			      slot_word_stopped(word & ~SLOT_BORROWED, SLOT_DISMISSED)) ==
		    SLOT_DONE)
			return BROKER_DISMISSED;
		broker_add_overflow(broker);
		return BROKER_MOVED;
	}
	if (!broker_make_idle(broker, slot, word, generation))
		return BROKER_MOVED;
	/* Overflow may have come up since it was looked at above, and who waited for it left. */
	return broker_has_surplus(broker) ? BROKER_SURPLUS : BROKER_IDLE;
}

int broker_enter(struct broker *broker, struct waiter *waiter, struct parker *parker)
{
	uint64_t now = broker->clock();
	int closed;

	sync_mutex_lock(&broker->queue.lock);
	closed = broker->queue.closed;
	if (!closed)
		checkout_queue_enter_locked(&broker->queue, waiter, parker, now);
	sync_mutex_unlock(&broker->queue.lock);
	return closed;
}

enum waiter_outcome broker_leave(struct broker *broker, struct waiter *waiter)
{
	struct parker *next = NULL;
	enum waiter_outcome outcome;

	sync_mutex_lock(&broker->queue.lock);
	outcome = (enum waiter_outcome)sync_load(&waiter->outcome, relaxed);
	if (outcome == WAITER_WAITING) {
		outcome = WAITER_CANCELLED;
		checkout_queue_remove_locked(&broker->queue, waiter, outcome);
		next = next_to_nudge_locked(broker);
	}
	unlock_and_unpark(broker, next, NULL);
	return outcome;
}
