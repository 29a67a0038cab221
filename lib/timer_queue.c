/* SPDX-License-Identifier: MIT */
/* timer_queue.c: a pairing heap. */
#include "timer_queue.h"

#include <stddef.h>

/* Two heaps into one: the later root becomes the first child of the earlier. A root has neither
 * siblings nor a parent: what its `next` and `previous` say means nothing. */
static struct timer *meld(struct timer *one, struct timer *other)
{
	struct timer *later;

	if (!one || !other)
		return one ? one : other;
	later = one->deadline <= other->deadline ? other : one;
	one = later == other ? one : other;
	later->next = one->child;
	if (later->next)
		later->next->previous = later;
	later->previous = one;
	one->child = later;
	return one;
}

/* Siblings into one heap: in pairs from the left, then all from the right. */
static struct timer *meld_siblings(struct timer *first)
{
	struct timer *pairs = NULL, *whole = NULL;

	while (first) {
		struct timer *one = first, *other = first->next, *pair;

		first = other ? other->next : NULL;
		pair = meld(one, other);
		pair->next = pairs;
		pairs = pair;
	}
	while (pairs) {
		struct timer *pair = pairs;

		pairs = pair->next;
		whole = meld(whole, pair);
	}
	return whole;
}

void timer_queue_cancel(struct timer_queue *queue, struct timer *timer)
{
	struct timer *children;

	if (!timer->set)
		return;
	timer->set = false;
	children = meld_siblings(timer->child);
	timer->child = NULL;
	if (timer == queue->earliest) {
		queue->earliest = children;
		return;
	}
	if (timer->previous->child == timer)
		timer->previous->child = timer->next;
	else
		timer->previous->next = timer->next;
	if (timer->next)
		timer->next->previous = timer->previous;
	queue->earliest = meld(queue->earliest, children);
}

void timer_queue_set(struct timer_queue *queue, struct timer *timer, uint64_t deadline)
{
	timer_queue_cancel(queue, timer);
	*timer = (struct timer){ .deadline = deadline, .set = true };
	queue->earliest = meld(queue->earliest, timer);
}

uint64_t timer_queue_next(const struct timer_queue *queue)
{
	return queue->earliest ? queue->earliest->deadline : UINT64_MAX;
}

struct timer *timer_queue_expire(struct timer_queue *queue, uint64_t now)
{
	struct timer *timer = queue->earliest;

	if (!timer || timer->deadline > now)
		return NULL;
	timer_queue_cancel(queue, timer);
	return timer;
}
