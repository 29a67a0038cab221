/* SPDX-License-Identifier: MIT */
/* checkout_queue.c: a list of waiters under a lock. */
#include "checkout_queue.h"

#include <assert.h>

int checkout_queue_init(struct checkout_queue *queue)
{
	atomic_init(&queue->waiters, 0);
	atomic_init(&queue->told, false);
	atomic_init(&queue->asleep, 0);
	atomic_init(&queue->since, 0);
	queue->head = queue->tail = queue->last_high = NULL;
	queue->paced = 0;
	queue->closed = 0;
	queue->overload = (struct overload)OVERLOAD_INIT;
	return sync_mutex_init(&queue->lock, RANK_QUEUE);
}

void checkout_queue_destroy(struct checkout_queue *queue)
{
	assert(!queue->head);
	sync_mutex_destroy(&queue->lock);
}

/*
 * A slot is handed over, and its waiter taken off, in one hold of the lock: so who has seen that slot taken, and then
 * locks, does not count that waiter. That one is asleep until it wakes, though it waits no more: the less of the two
 * counts is right, or one too many if another has a slot meanwhile and has yet to leave; never too few.
 */
unsigned checkout_queue_unserved(struct checkout_queue *queue)
{
	unsigned waiters, asleep;

	if (!checkout_queue_waited_for(queue))
		return 0;
	sync_mutex_lock(&queue->lock);
	waiters = sync_load(&queue->waiters, relaxed);
	asleep = sync_load(&queue->asleep, seq_cst);
	sync_mutex_unlock(&queue->lock);
	return asleep < waiters ? asleep : waiters;
}

/* Another waiter is the head now, or none is. Nobody has told it yet: whoever takes a waiter off looks. */
static void set_head(struct checkout_queue *queue, struct waiter *head)
{
	queue->head = head;
	sync_store(&queue->told, false, seq_cst);
}

uint64_t checkout_queue_since_locked(const struct checkout_queue *queue,
				     const struct waiter *waiter)
{
	const struct waiter *normal = waiter->high ? checkout_queue_first_normal(queue) : NULL;

	return normal && normal->since < waiter->since ? normal->since : waiter->since;
}

/* After another one is the first of its kind. */
static void set_since(struct checkout_queue *queue)
{
	uint64_t since;

	if (!queue->head)
		return;
	since = checkout_queue_since_locked(queue, queue->head);
	sync_store(&queue->since, since > queue->paced ? since : queue->paced, relaxed);
}

struct parker *checkout_queue_tell_locked(struct checkout_queue *queue)
{
	assert(queue->head->parker);
	sync_store(&queue->told, true, relaxed);
	return queue->head->parker;
}

/* Behind that one; NULL: first of all. */
static void put_behind(struct checkout_queue *queue, struct waiter *previous, struct waiter *waiter)
{
	struct waiter *next = previous ? previous->next : queue->head;

	assert(queue->closed == 0);
	waiter->previous = previous;
	waiter->next = next;
	if (next)
		next->previous = waiter;
	else
		queue->tail = waiter;
	if (waiter->high)
		queue->last_high = waiter;
	if (previous) {
		previous->next = waiter;
	} else {
		set_head(queue, waiter);
		set_since(queue);
	}
	/* Pairs with checkout_queue_waited_for. */
	sync_fetch_add(&queue->waiters, 1, seq_cst);
	if (!waiter->parker)
		checkout_queue_sleep(queue);
}

void checkout_queue_enter_locked(struct checkout_queue *queue, struct waiter *waiter,
				 struct parker *parker, uint64_t now, uint64_t tasks_before)
{
	*waiter = (struct waiter){ .since = now, .parker = parker, .tasks_before = tasks_before };
	put_behind(queue, queue->tail, waiter);
}

void checkout_queue_enter_high_locked(struct checkout_queue *queue, struct waiter *waiter,
				      struct parker *parker, uint64_t now)
{
	*waiter = (struct waiter){ .since = now, .parker = parker, .high = true };
	put_behind(queue, queue->last_high, waiter);
}

void checkout_queue_remove_locked(struct checkout_queue *queue, struct waiter *waiter,
				  enum waiter_outcome outcome)
{
	bool first_of_its_kind = !waiter->previous || waiter->previous == queue->last_high;

	if (waiter == queue->last_high)
		queue->last_high = waiter->previous; /* high, too, if there is one */
	if (waiter->previous)
		waiter->previous->next = waiter->next;
	else
		set_head(queue, waiter->next);
	if (waiter->next)
		waiter->next->previous = waiter->previous;
	else
		queue->tail = waiter->previous;
	if (first_of_its_kind)
		set_since(queue);
	if (!queue->head)
		overload_nobody_waits(&queue->overload);
	sync_fetch_sub(&queue->waiters, 1, seq_cst);
	if (!waiter->parker)
		checkout_queue_wake(queue);
	/* Release pairs with the waiter's own look; from here on it may be gone, if the outcome is
	 * not its own doing. */
	sync_store(&waiter->outcome, outcome, release);
}

static void add(struct settled *settled, struct waiter *waiter)
{
	waiter->next = NULL;
	*settled->end = waiter;
	settled->end = &waiter->next;
}

struct parker *checkout_queue_grant_locked(struct checkout_queue *queue, struct slot *slot,
					   uint64_t generation, struct settled *settled)
{
	struct waiter *head = queue->head;
	struct parker *parker = head->parker;

	head->slot = slot;
	head->generation = generation;
	checkout_queue_remove_locked(queue, head, WAITER_GRANTED);
	if (!parker)
		add(settled, head);
	return parker;
}

void checkout_queue_refuse_locked(struct checkout_queue *queue, struct waiter *waiter, int code,
				  struct settled *settled)
{
	struct parker *parker = waiter->parker;

	waiter->code = code;
	checkout_queue_remove_locked(queue, waiter, WAITER_REFUSED);
	if (parker)
		parker_unpark(parker);
	else
		add(settled, waiter);
}

void checkout_queue_close_locked(struct checkout_queue *queue, int code, struct settled *settled)
{
	queue->closed = code;
	while (queue->head)
		checkout_queue_refuse_locked(queue, queue->head, code, settled);
}

void checkout_queue_open_locked(struct checkout_queue *queue)
{
	queue->closed = 0;
}

/* Those that the calling thread is telling. */
struct telling {
	bool under_way;
	struct settled more;
};
SYNC_THREAD_LOCAL(struct telling, telling);

void settled_tell(struct settled *settled)
{
	struct telling *self = telling();

	if (!settled->first)
		return;
	if (self->under_way) {
		*self->more.end = settled->first;
		self->more.end = settled->end;
		return;
	}
	self->under_way = true;
	self->more = *settled;
	while (self->more.first) {
		struct waiter *waiter = self->more.first;

		self->more.first = waiter->next;
		if (!self->more.first)
			self->more.end = &self->more.first;
		waiter->settled(waiter);
	}
	self->under_way = false;
}
